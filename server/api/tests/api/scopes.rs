//! Keys that may do less than their owner, that end, and that get new texts.

use api::Kind;
use machine::WallTime;
use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::world::{NOON, World, world};

/// A key of acme's, made by acme itself.
async fn key(world: &World, body: Value) -> Reply {
    made_by(world, &world.acme.key, body).await.is(201)
}

async fn made_by(world: &World, maker: &str, body: Value) -> Reply {
    let ask = Ask::post(&world.acme.path("tokens")).key(maker).json(&body);
    ask.send(world.address).await
}

async fn ask(world: &World, key: &str, ask: Ask) -> Reply {
    ask.key(key).send(world.address).await
}

async fn rotate(world: &World, by: &str, id: &str, body: Value) -> Reply {
    let path = world.acme.path(&format!("tokens/{id}/rotate"));
    ask(world, by, Ask::post(&path).json(&body)).await
}

async fn opens(world: &World, key: &str) -> bool {
    ask(world, key, Ask::get("/api/v1/whoami")).await.status == 200
}

fn names(reply: &Reply, permission: &str) {
    assert!(reply.text().contains(permission), "{}", reply.text());
}

#[tokio::test]
async fn a_scoped_key_does_what_it_may_and_is_told_what_it_lacks() {
    let world = world().await;
    let made = key(
        &world,
        json!({"name": "crm", "scopes": ["cdr.*", "extension.read"]}),
    )
    .await;
    let crm = made.member("key");
    let list = |what: &str| Ask::get(&world.acme.path(what));
    ask(&world, &crm, list("cdrs")).await.is(200);
    ask(&world, &crm, list("extensions")).await.is(200);
    let refused = ask(&world, &crm, list("devices")).await;
    names(&refused.refuses(Kind::Forbidden), "device.read");
    let new = Ask::post(&world.acme.path("extensions")).json(&json!({"number": "102"}));
    let refused = ask(&world, &crm, new).await.refuses(Kind::Forbidden);
    names(&refused, "extension.create");
    let who = ask(&world, &crm, Ask::get("/api/v1/whoami")).await.is(200);
    assert_eq!(
        who.json()["permissions"],
        json!(["extension.read", "cdr.read"])
    );
    let abroad = ask(&world, &crm, Ask::get(&world.globex.path("cdrs"))).await;
    abroad.refuses(Kind::NotFound);
}

#[tokio::test]
async fn who_asks_what_past_calls_would_come_to_may_read_both_routes_and_records() {
    let world = world().await;
    let replay = || Ask::post(&world.acme.path("routes:replay")).json(&json!({}));
    for (scopes, lacks) in [
        (["outbound_route.read", "extension.read"], "cdr.read"),
        (["cdr.read", "extension.read"], "outbound_route.read"),
    ] {
        let made = key(&world, json!({"name": lacks, "scopes": scopes})).await;
        let refused = ask(&world, &made.member("key"), replay()).await;
        names(&refused.refuses(Kind::Forbidden), lacks);
    }
    let scopes = ["cdr.read", "outbound_route.read"];
    let both = key(&world, json!({"name": "both", "scopes": scopes})).await;
    ask(&world, &both.member("key"), replay()).await.is(200);
    let theirs = Ask::post(&world.globex.path("routes:replay")).json(&json!({}));
    let refused = ask(&world, &both.member("key"), theirs).await;
    refused.refuses(Kind::NotFound);
}

#[tokio::test]
async fn a_key_makes_none_that_may_do_more_than_itself() {
    let world = world().await;
    let scopes = json!({"name": "maker", "scopes": ["key.*", "cdr.read"]});
    let maker = key(&world, scopes).await.member("key");
    let make = async |body: Value| made_by(&world, &maker, body).await;
    make(json!({"name": "same", "scopes": ["cdr.read"]}))
        .await
        .is(201);
    for more in [
        json!(["cdr.read", "extension.read"]),
        json!(["*.read"]),
        json!(null),
    ] {
        let refused = make(json!({"name": "more", "scopes": more})).await;
        refused.refuses(Kind::Forbidden);
    }
    // a new text of a key is the key
    let whole = key(&world, json!({"name": "whole"})).await;
    let stolen = rotate(&world, &maker, &whole.member("id"), json!({})).await;
    names(&stolen.refuses(Kind::Forbidden), "tenant.read");
    assert!(opens(&world, &whole.member("key")).await);
    // nor does a role
    let role = Ask::post(&world.acme.path("roles")).json(&json!({"name": "x", "allow": ["*.*"]}));
    ask(&world, &maker, role).await.refuses(Kind::Forbidden);
}

#[tokio::test]
async fn a_key_that_ends_gives_none_that_ends_later() {
    let world = world().await;
    let (soon, later) = ("2025-11-24T17:00:00Z", "2025-11-24T18:00:00Z");
    let short = key(&world, json!({"name": "short", "expires": soon})).await;
    let short = short.member("key");
    for expires in [json!(later), json!(null)] {
        let refused = made_by(&world, &short, json!({"name": "x", "expires": expires})).await;
        names(&refused.refuses(Kind::Forbidden), "ends later");
    }
    let same = json!({"name": "same", "expires": soon});
    made_by(&world, &short, same).await.is(201);
    let lasting = key(&world, json!({"name": "lasting"})).await.member("id");
    let rotated = rotate(&world, &short, &lasting, json!({})).await;
    rotated.refuses(Kind::Forbidden);
    world
        .clock
        .set(WallTime::from_unix_ms(NOON.unix_ms() + 3_600_000));
    assert!(!opens(&world, &short).await);
}

#[tokio::test]
async fn a_rotated_key_has_two_texts_until_the_overlap_ends() {
    let world = world().await;
    let made = key(&world, json!({"name": "crm"})).await;
    let (id, old) = (made.member("id"), made.member("key"));
    let turned = rotate(&world, &world.acme.key, &id, json!({"overlap_seconds": 60})).await;
    let turned = turned.is(200);
    let new = turned.member("key");
    assert_eq!(turned.member("former_until"), "2025-11-24T16:01:00.000Z");
    assert!(opens(&world, &old).await && opens(&world, &new).await);
    world
        .clock
        .set(WallTime::from_unix_ms(NOON.unix_ms() + 60_000));
    assert!(!opens(&world, &old).await && opens(&world, &new).await);
    let shown = Ask::get(&world.acme.path(&format!("tokens/{id}")));
    let shown = world.tenant(&world.acme, shown).await.is(200);
    assert_eq!(shown.json()["former_until"], Value::Null);
    assert_eq!(shown.json()["key"], Value::Null);
    let at_once = rotate(&world, &world.acme.key, &id, json!({"overlap_seconds": 0})).await;
    assert!(!opens(&world, &new).await && opens(&world, &at_once.member("key")).await);
    let long = rotate(
        &world,
        &world.acme.key,
        &id,
        json!({"overlap_seconds": 2_592_001}),
    )
    .await;
    assert_eq!(long.refuses(Kind::Invalid).blames(), "/overlap_seconds");
}

#[tokio::test]
async fn scopes_name_permissions_and_an_empty_list_is_a_mistake() {
    let world = world().await;
    for (scopes, blamed) in [
        (json!([]), "/scopes"),
        (json!(["cdr.fly"]), "/scopes/0"),
        (json!(["cdr.read", "everything"]), "/scopes/1"),
        (json!(vec!["cdr.read"; 65]), "/scopes"),
    ] {
        let made = made_by(
            &world,
            &world.acme.key,
            json!({"name": "x", "scopes": scopes}),
        )
        .await;
        assert_eq!(made.refuses(Kind::Invalid).blames(), blamed);
    }
}

#[tokio::test]
async fn a_company_sees_when_its_keys_were_last_used_and_how_many_it_may_have() {
    let world = world().await;
    let made = key(&world, json!({"name": "crm"})).await;
    let path = world.acme.path(&format!("tokens/{}", made.member("id")));
    let used = async || {
        let shown = world.tenant(&world.acme, Ask::get(&path)).await.is(200);
        shown.json()["last_used"].clone()
    };
    assert_eq!(used().await, Value::Null);
    assert!(opens(&world, &made.member("key")).await);
    assert_eq!(used().await, json!("2025-11-24T16:00:00.000Z"));
    let usage = world
        .tenant(&world.acme, Ask::get(&world.acme.path("usage")))
        .await;
    assert_eq!(
        usage.is(200).json()["counts"]["keys"],
        json!({"in_use": 3, "included": null, "limit": 200, "set_by": "exchange"})
    );
}
