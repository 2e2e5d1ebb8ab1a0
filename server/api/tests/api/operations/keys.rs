//! API keys.

use ids::TokenId;
use serde_json::{Value, json};

use crate::http::Ask;
use crate::world::World;

pub(super) async fn keys(world: &World) {
    let body = json!({
        "name": "nightly", "tenant": world.globex.id, "expires": "2025-11-25T00:00:00+01:00",
    });
    let made = world
        .operator(Ask::post("/api/v1/tokens").json(&body))
        .await
        .is(201)
        .json();
    assert_eq!(
        (&made["role"], &made["expires"]),
        (&"tenant".into(), &"2025-11-24T23:00:00.000Z".into())
    );
    let key = made["key"].as_str().unwrap();
    let id: TokenId = made["id"].as_str().unwrap().parse().unwrap();
    let mut who = Ask::get("/api/v1/whoami")
        .key(key)
        .send(world.address)
        .await
        .is(200)
        .json();
    let permissions = who.as_object_mut().unwrap().remove("permissions").unwrap();
    assert!(
        permissions
            .as_array()
            .unwrap()
            .contains(&json!("key.create"))
    );
    assert_eq!(
        who,
        json!({
            "token": id, "user": null, "role": "tenant", "tenant": world.globex.id,
            "reseller": null
        })
    );
    let one = format!("/api/v1/tokens/{id}");
    let turn = Ask::post(&format!("{one}/rotate")).json(&json!({"overlap_seconds": 60}));
    world.operator(turn).await.is(200);
    let mut shown = world.operator(Ask::get(&one)).await.is(200).json();
    let listed = world
        .operator(Ask::get("/api/v1/tokens?tenant=globex.example"))
        .await
        .is(200);
    assert!(listed.json()["items"].as_array().unwrap().contains(&shown));
    world.operator(Ask::delete(&one)).await.is(204);
    world.operator(Ask::delete(&one)).await.is(204);
    shown["revoked"] = "2025-11-24T16:00:00.000Z".into();
    shown["former_until"] = Value::Null;
    assert_eq!(world.operator(Ask::get(&one)).await.is(200).json(), shown);
    let who = Ask::get("/api/v1/whoami")
        .key(key)
        .send(world.address)
        .await;
    who.refuses(api::Kind::Unauthenticated);
    own_keys(world).await;
}

async fn own_keys(world: &World) {
    let (acme, all) = (&world.acme, world.acme.path("tokens"));
    let body = json!({"name": "crm", "scopes": ["cdr.read"]});
    let made = world.tenant(acme, Ask::post(&all).json(&body)).await;
    let made = made.is(201);
    let one = format!("{all}/{}", made.member("id"));
    assert_eq!(made.header("location"), Some(one.as_str()));
    let shown = world.tenant(acme, Ask::get(&one)).await.is(200).json();
    let listed = world.tenant(acme, Ask::get(&all)).await.is(200).json();
    assert!(listed["items"].as_array().unwrap().contains(&shown));
    let turn = Ask::post(&format!("{one}/rotate")).json(&json!({}));
    let turned = world.tenant(acme, turn).await.is(200);
    assert_ne!(turned.member("key"), made.member("key"));
    world.tenant(acme, Ask::delete(&one)).await.is(204);
}
