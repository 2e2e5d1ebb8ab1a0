//! `Idempotency-Key`: carried out once, answered as often as it comes.

use api::Kind;
use machine::WallTime;
use serde_json::json;
use tokio::task::JoinSet;

use crate::http::Ask;
use crate::world::{NOON, world};

#[tokio::test]
async fn a_repeated_request_is_answered_again_and_carried_out_once() {
    let world = world().await;
    let acme = &world.acme;
    let all = acme.path("extensions");
    let ask = || {
        let ask = Ask::post(&all).with("Idempotency-Key", "8e03978e-40d5-43dd-bc93-6894a57f9324");
        ask.json(&json!({"number": "555"}))
    };
    let first = world.tenant(acme, ask()).await.is(201);
    let again = world.tenant(acme, ask()).await.is(201);
    assert_eq!(first.body, again.body);
    for header in ["location", "etag", "content-type"] {
        assert_eq!(first.header(header), again.header(header));
    }
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    let listed = world
        .tenant(acme, Ask::get(&format!("{all}?filter=555")))
        .await
        .is(200)
        .json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_was_used_for_another_request_is_refused() {
    let world = world().await;
    let acme = &world.acme;
    let ask = |part: &str, number: &str| {
        Ask::post(&acme.path(part))
            .with("Idempotency-Key", "k")
            .json(&json!({"number": number}))
    };
    world.tenant(acme, ask("extensions", "1")).await.is(201);
    world
        .tenant(acme, ask("extensions", "2"))
        .await
        .refuses(Kind::KeyReused);
    world
        .tenant(acme, ask("devices", "1"))
        .await
        .refuses(Kind::KeyReused);
}

#[tokio::test]
async fn a_key_is_its_senders_own_and_is_forgotten_after_a_day() {
    let world = world().await;
    let ask = |company: &crate::world::Company| {
        let ask = Ask::post(&company.path("extensions")).with("Idempotency-Key", "k");
        ask.json(&json!({"number": "555"}))
    };
    world.tenant(&world.acme, ask(&world.acme)).await.is(201);
    let theirs = world
        .tenant(&world.globex, ask(&world.globex))
        .await
        .is(201);
    assert_eq!(theirs.header("idempotency-replayed"), None);
    let day = 24 * 3_600_000;
    world
        .clock
        .set(WallTime::from_unix_ms(NOON.unix_ms() + day + 1));
    world
        .tenant(&world.acme, ask(&world.acme))
        .await
        .refuses(Kind::Taken);
}

#[tokio::test]
async fn a_request_that_failed_may_be_tried_again_with_its_key() {
    let world = world().await;
    let acme = &world.acme;
    let ask = || {
        let ask = Ask::post(&acme.path("devices")).with("Idempotency-Key", "k");
        ask.json(&json!({"username": "later", "extension": "555"}))
    };
    world.tenant(acme, ask()).await.refuses(Kind::Invalid);
    let extension = Ask::post(&acme.path("extensions")).json(&json!({"number": "555"}));
    world.tenant(acme, extension).await.is(201);
    let made = world.tenant(acme, ask()).await.is(201);
    assert_eq!(made.header("idempotency-replayed"), None);
}

#[tokio::test]
async fn of_many_equal_requests_at_once_one_is_carried_out() {
    let world = world().await;
    let acme = &world.acme;
    let mut racers = JoinSet::new();
    for _ in 0..20 {
        let ask = Ask::post(&acme.path("extensions"))
            .with("Idempotency-Key", "k")
            .key(&acme.key);
        let (ask, address) = (ask.json(&json!({"number": "555"})), world.address);
        racers.spawn(async move { ask.send(address).await });
    }
    for reply in racers.join_all().await {
        match reply.status {
            201 => assert_eq!(reply.json()["number"], "555"),
            _ => drop(reply.refuses(Kind::Underway)),
        }
    }
    let path = acme.path("audit");
    let trail = world.tenant(acme, Ask::get(&path)).await.is(200).json();
    let made = trail["items"].as_array().unwrap().iter();
    assert_eq!(
        made.filter(|entry| entry["after"]["number"] == "555")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_one_is_refused() {
    let world = world().await;
    let acme = &world.acme;
    let ask = |key: &str| {
        let ask = Ask::post(&acme.path("extensions")).with("Idempotency-Key", key);
        ask.json(&json!({"number": "555"}))
    };
    for key in ["", "two words", "ü", &"k".repeat(256)] {
        let reply = world
            .tenant(acme, ask(key))
            .await
            .refuses(Kind::InvalidParameter);
        assert_eq!(reply.blames(), "Idempotency-Key");
    }
    let twice = ask("a").with("Idempotency-Key", "b");
    world
        .tenant(acme, twice)
        .await
        .refuses(Kind::InvalidParameter);
    world.tenant(acme, ask(&"k".repeat(255))).await.is(201);
}
