//! Companies' own sign-in servers, as documents.

use serde_json::{Value, json};

use crate::http::Ask;
use crate::world::World;

/// A server is added, changed and removed; what it gave as its secret is never shown again.
pub(super) async fn doors(world: &World) {
    let acme = &world.acme;
    let (all, one) = (acme.path("sso"), acme.path("sso/entra"));
    let spec = json!({
        "name": "entra", "issuer": "https://login.acme.example", "client_id": "pbx",
        "domains": ["Mail.acme.example"], "make_people": true, "role": "user",
    });
    let mut first = spec.clone();
    first["secret"] = json!("what the server gave");
    let made = world.tenant(acme, Ask::post(&all).json(&first)).await;
    let made = made.is(201);
    assert!(!made.text().contains("what the server gave"));
    assert_eq!(made.json()["domains"], json!(["mail.acme.example"]));
    let second = Ask::post(&all).json(&with(&spec, "name", json!("other")));
    let taken = world.tenant(acme, second).await;
    assert_eq!(taken.refuses(api::Kind::Taken).blames(), "/domains");
    let admin = Ask::post(&all).json(&with(&spec, "role", json!("tenant-admin")));
    let refused = world.tenant(acme, admin).await;
    assert_eq!(refused.refuses(api::Kind::Invalid).blames(), "/role");
    let listed = Ask::get(&format!("{all}?filter=entra"));
    let listed = world.tenant(acme, listed).await.is(200).json();
    assert_eq!(listed["items"][0]["id"], made.json()["id"]);
    let patch = Ask::patch(&one).if_match("\"1\"");
    let patch = patch.json(&json!({"enforced": true, "secret": "another that it gave"}));
    let patched = world.tenant(acme, patch).await.is(200);
    assert!(!patched.text().contains("another that it gave"));
    let put = Ask::put(&one).if_match("\"2\"").json(&spec);
    let put = world.tenant(acme, put).await.is(200).json();
    assert_eq!(put["enforced"], false);
    let back = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 2}));
    world.tenant(acme, back).await.is(200);
    let shown = world.tenant(acme, Ask::get(&one)).await.is(200).json();
    assert_eq!(
        (&shown["enforced"], &shown["secret"]),
        (&json!(true), &Value::Null)
    );
    let history = Ask::get(&format!("{one}/history"));
    let history = world.tenant(acme, history).await.is(200);
    assert_eq!(history.json()["items"].as_array().unwrap().len(), 4);
    assert!(!history.text().contains("gave"));
    let users = Ask::get(&format!("{one}/used-by"));
    let users = world.tenant(acme, users).await.is(200).json();
    assert_eq!(users["items"], json!([]));
    world.tenant(acme, Ask::delete(&one)).await.is(204);
}

fn with(spec: &Value, member: &str, value: Value) -> Value {
    let mut other = spec.clone();
    other[member] = value;
    other
}
