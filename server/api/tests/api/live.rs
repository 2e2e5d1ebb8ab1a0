//! The living exchange, when it is there and when it is not.

use std::sync::atomic::Ordering;

use api::Kind;

use crate::http::Ask;
use crate::world::world;

#[tokio::test]
async fn an_exchange_that_cannot_tell_is_worth_another_try() {
    let world = world().await;
    let acme = &world.acme;
    world.live.away.store(true, Ordering::SeqCst);
    let one = acme.path(&format!("calls/{}", acme.call));
    let asks = [
        Ask::get(&acme.path("calls")),
        Ask::get(&acme.path("registrations")),
        Ask::get(&acme.path("trunk_usage")),
        Ask::get(&one),
        Ask::get(&format!("{one}/why")),
        Ask::delete(&one),
    ];
    for ask in asks {
        let reply = world.tenant(acme, ask).await.refuses(Kind::Unavailable);
        assert_eq!(reply.header("retry-after"), Some("1"));
    }
    Ask::get("/readyz")
        .send(world.address)
        .await
        .refuses(Kind::Unavailable);
    Ask::get("/healthz").send(world.address).await.is(200);
    world
        .tenant(acme, Ask::get(&acme.path("extensions")))
        .await
        .is(200);
}

#[tokio::test]
async fn what_is_no_id_of_a_call_or_record_names_nothing() {
    let world = world().await;
    let acme = &world.acme;
    for name in [
        "x",
        "101",
        &acme.cdr.to_string(),
        &acme.call.to_string().to_uppercase(),
    ] {
        for path in [format!("calls/{name}"), format!("calls/{name}/why")] {
            world
                .tenant(acme, Ask::get(&acme.path(&path)))
                .await
                .refuses(Kind::NotFound);
        }
        let hang_up = Ask::delete(&acme.path(&format!("calls/{name}")));
        world.tenant(acme, hang_up).await.refuses(Kind::NotFound);
    }
    for name in ["x", &acme.call.to_string()] {
        for path in [format!("cdrs/{name}"), format!("cdrs/{name}/why")] {
            world
                .tenant(acme, Ask::get(&acme.path(&path)))
                .await
                .refuses(Kind::NotFound);
        }
    }
}

#[tokio::test]
async fn what_is_used_of_trunks_is_told_to_the_company_and_to_whoever_owns_them() {
    let world = world().await;
    let acme = &world.acme;
    let told = world
        .tenant(acme, Ask::get(&acme.path("trunk_usage")))
        .await;
    let told = told.is(200).json();
    let trunk = &told["trunks"][0];
    assert_eq!(trunk["name"], "acme-line");
    assert_eq!(trunk["all"]["seconds_today"], 120);
    assert_eq!(trunk["all"]["minutes_limit"], 10);
    assert_eq!(trunk["each"][0]["tenant"], acme.id.to_string());
    // an account is told of its own trunks alone: this one is no company's, and nobody uses it
    let body = serde_json::json!({"name": "shared", "mode": "peer", "peers": ["sip:a.example"]});
    let added = Ask::post("/api/v1/trunks").json(&body).key(&world.operator);
    added.send(world.address).await.is(201);
    let used = Ask::get("/api/v1/trunks/shared/usage").key(&world.operator);
    let used = used.send(world.address).await.is(200).json();
    assert_eq!(used["all"]["calls"], 0);
    assert_eq!(used["day_began"], serde_json::Value::Null);
    let id = trunk["trunk"].as_str().unwrap();
    let other = Ask::get(&format!("/api/v1/trunks/{id}/usage")).key(&world.operator);
    other.send(world.address).await.refuses(Kind::NotFound);
}
