//! The event log and webhooks.

use serde_json::{Value, json};

use super::{used_by, users_of};
use crate::http::Ask;
use crate::world::World;

pub(super) async fn events(world: &World) {
    let acme = &world.acme;
    let first = Ask::get(&acme.path("events?limit=1"));
    let page = world.tenant(acme, first).await.is(200).json();
    let made = &page["items"][0];
    assert_eq!(
        (&made["cursor"], &made["type"]),
        (&json!(1), &json!("resource.created"))
    );
    assert_eq!(made["data"]["kind"], "tenant");
    let stream = Ask::get(&acme.path("events/stream"));
    let reply = world.tenant(acme, stream).await.is(200);
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
}

pub(super) async fn webhooks(world: &World) {
    let acme = &world.acme;
    let spec = json!({"name": "pager", "url": "https://pager.example/", "events": ["call.*"]});
    let made = Ask::post(&acme.path("webhooks")).json(&spec);
    let made = world.tenant(acme, made).await.is(201);
    assert!(made.member("secret").starts_with("whsec_"));
    let one = acme.path("webhooks/pager");
    let shown = world.tenant(acme, Ask::get(&one)).await.is(200).json();
    assert_eq!(
        (&shown["secret"], &shown["events"]),
        (&Value::Null, &json!(["call.*"]))
    );
    let listed = world
        .tenant(acme, Ask::get(&acme.path("webhooks?sort=name")))
        .await;
    let names: Vec<Value> = listed.is(200).json()["items"].as_array().unwrap().clone();
    assert_eq!(
        (&names[0]["name"], &names[1]["name"]),
        (&json!("acme-crm"), &json!("pager"))
    );
    let off = Ask::patch(&one)
        .if_match("\"1\"")
        .json(&json!({"enabled": false}));
    assert_eq!(
        world.tenant(acme, off).await.is(200).json()["enabled"],
        false
    );
    let put = Ask::put(&one).if_match("\"2\"").json(&spec);
    assert_eq!(
        world.tenant(acme, put).await.is(200).json()["enabled"],
        true
    );
    let rotated = world
        .tenant(acme, Ask::post(&format!("{one}/secret")))
        .await
        .is(200);
    assert_ne!(rotated.member("secret"), made.member("secret"));
    let back = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 2}));
    let back = world.operator(back).await.is(200).json();
    assert_eq!(
        (&back["enabled"], &back["revision"]),
        (&json!(false), &json!(5))
    );
    let on = Ask::patch(&one)
        .if_match("\"5\"")
        .json(&json!({"enabled": true}));
    world.operator(on).await.is(200);
    let pong = world
        .tenant(acme, Ask::post(&format!("{one}/ping")))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&pong["delivered"], &pong["status"]),
        (&json!(true), &json!(204))
    );
    world
        .tenant(acme, Ask::get(&format!("{one}/history")))
        .await
        .is(200);
    let users = world.tenant(acme, users_of(&one)).await;
    assert_eq!(used_by(users), [""; 0]);
    world.tenant(acme, Ask::delete(&one)).await.is(204);
    replays(world, &acme.path("webhooks/acme-crm")).await;
}

async fn replays(world: &World, one: &str) {
    let acme = &world.acme;
    let list = Ask::get(&format!("{one}/deliveries?state=dead"));
    let dead = world.tenant(acme, list.clone()).await.is(200).json();
    assert_eq!(dead["items"][0]["event"]["type"], "call.ended");
    let again = Ask::post(&format!("{one}/deliveries/1/replay"));
    let again = world.tenant(acme, again).await.is(200).json();
    assert_eq!(
        (&again["state"], &again["tries"]),
        (&json!("waiting"), &json!(0))
    );
    assert_eq!(
        world.tenant(acme, list).await.is(200).json()["items"],
        json!([])
    );
    let all = world
        .tenant(acme, Ask::post(&format!("{one}/replay")))
        .await;
    assert_eq!(all.is(200).json()["replayed"], 0);
    assert_eq!(world.live.replayed.lock().unwrap().len(), 2);
    let missing = Ask::post(&format!("{one}/deliveries/77/replay"));
    world.tenant(acme, missing).await.is(404);
}
