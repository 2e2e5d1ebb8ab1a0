//! Devices and their secrets.

use serde_json::{Value, json};

use super::{used_by, users_of};
use crate::http::Ask;
use crate::world::World;

pub(super) async fn devices(world: &World) {
    let acme = &world.acme;
    let all = acme.path("devices");
    let spec = json!({"username": "acme-spare", "extension": "101", "trusted_source": "192.0.2.9"});
    let made = world
        .tenant(acme, Ask::post(&all).json(&spec))
        .await
        .is(201)
        .json();
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 24);
    let one = format!("{all}/acme-spare");
    let shown = world.tenant(acme, Ask::get(&one)).await.is(200).json();
    assert_eq!(shown["extension"], acme.extension.to_string());
    assert_eq!(
        (&shown["secret"], &shown["address"]),
        (&Value::Null, &Value::Null)
    );
    let rotate = Ask::post(&format!("{one}/secret")).if_match("\"1\"");
    let rotated = world.tenant(acme, rotate).await.is(200);
    assert_ne!(rotated.member("secret"), secret);
    assert_eq!(rotated.header("etag"), Some("\"2\""));
    let of = |query: &str| Ask::get(&format!("{all}?{query}"));
    let listed = world
        .tenant(acme, of("extension=101&filter=SPARE"))
        .await
        .is(200)
        .json();
    assert_eq!(listed["items"][0]["username"], "acme-spare");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let spec = json!({"username": "acme-new", "extension": acme.extension, "secret": "12345678"});
    let put = world
        .tenant(acme, Ask::put(&one).if_match("*").json(&spec))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&put["secret"], &put["trusted_source"]),
        (&Value::Null, &Value::Null)
    );
    let one = format!("{all}/acme-new");
    let patch = Ask::patch(&one)
        .if_match("\"3\"")
        .json(&json!({"address": "sip:192.0.2.8"}));
    let patched = world.tenant(acme, patch).await.is(200).json();
    assert_eq!(patched["address"], "sip:192.0.2.8");
    let history = world
        .tenant(acme, Ask::get(&format!("{one}/history")))
        .await
        .is(200)
        .json();
    assert_eq!(history["items"].as_array().unwrap().len(), 4);
    let users = world.tenant(acme, users_of(&one)).await;
    assert_eq!(used_by(users), [""; 0]);
    let back = |revision: u64| {
        let back = json!({"revision": revision});
        Ask::post(&format!("{one}/rollback")).json(&back)
    };
    let renamed = world.tenant(acme, back(1)).await;
    assert_eq!(renamed.refuses(api::Kind::Invalid).blames(), "/secret");
    let before = world.tenant(acme, back(3)).await.is(200).json();
    assert_eq!(
        (&before["address"], &before["secret"]),
        (&Value::Null, &Value::Null)
    );
    world
        .tenant(acme, Ask::delete(&one).if_match("\"5\""))
        .await
        .is(204);
    world
        .tenant(acme, Ask::get(&one))
        .await
        .refuses(api::Kind::NotFound);
}
