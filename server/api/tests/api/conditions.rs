//! `ETag`, `If-Match` and `If-None-Match`.

use api::Kind;
use serde_json::json;
use tokio::task::JoinSet;

use crate::http::Ask;
use crate::world::world;

#[tokio::test]
async fn a_change_without_if_match_is_refused_and_one_with_an_old_tag_too() {
    let world = world().await;
    let acme = &world.acme;
    let path = acme.path("extensions/101");
    let ask = || Ask::patch(&path).json(&json!({"ring_seconds": 9}));
    world
        .tenant(acme, ask())
        .await
        .refuses(Kind::PreconditionRequired);
    for tag in ["\"2\"", "1", "W/\"1\"", "\"1\", \"2\"", "\"x\"", ""] {
        let reply = world.tenant(acme, ask().if_match(tag)).await;
        reply.refuses(Kind::RevisionMismatch);
    }
    let twice = ask().if_match("\"1\"").if_match("\"2\"");
    world
        .tenant(acme, twice)
        .await
        .refuses(Kind::RevisionMismatch);
    let put = || Ask::put(&path).json(&json!({"number": "101"}));
    world
        .tenant(acme, put())
        .await
        .refuses(Kind::PreconditionRequired);
    world
        .tenant(acme, put().if_match("\"9\""))
        .await
        .refuses(Kind::RevisionMismatch);
    let changed = world.tenant(acme, ask().if_match("\"1\"")).await.is(200);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    world
        .tenant(acme, ask().if_match("\"1\""))
        .await
        .refuses(Kind::RevisionMismatch);
    world.tenant(acme, ask().if_match("*")).await.is(200);
}

#[tokio::test]
async fn a_deletion_heeds_if_match_when_it_is_there() {
    let world = world().await;
    let acme = &world.acme;
    for (path, name) in [
        ("containments/acme-held", "containments"),
        ("devices/acme-101", "devices"),
        ("extensions/101", "extensions"),
    ] {
        let path = acme.path(path);
        let old = Ask::delete(&path).if_match("\"7\"");
        world
            .tenant(acme, old)
            .await
            .refuses(Kind::RevisionMismatch);
        world.tenant(acme, Ask::delete(&path)).await.is(204);
        let left = world
            .tenant(acme, Ask::get(&acme.path(name)))
            .await
            .is(200)
            .json();
        assert_eq!(left["items"], json!([]));
    }
}

#[tokio::test]
async fn of_many_changes_with_the_same_tag_one_wins() {
    let world = world().await;
    let acme = &world.acme;
    let path = acme.path("extensions/101");
    let mut racers = JoinSet::new();
    for seconds in 10..30 {
        let ask = Ask::patch(&path).if_match("\"1\"").key(&acme.key);
        let (ask, address) = (ask.json(&json!({"ring_seconds": seconds})), world.address);
        racers.spawn(async move { ask.send(address).await });
    }
    let replies = racers.join_all().await;
    let winners: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(
        replies.iter().filter(|reply| reply.status == 412).count(),
        19
    );
    let now = world.tenant(acme, Ask::get(&path)).await.is(200);
    assert_eq!(now.json(), winners[0].json());
}

#[tokio::test]
async fn whoever_has_the_present_revision_is_told_so_without_a_body() {
    let world = world().await;
    let acme = &world.acme;
    let own = format!("/api/v1/tenants/{}", acme.domain);
    for path in [
        own,
        acme.path("extensions/101"),
        acme.path("devices/acme-101"),
    ] {
        let ask = |tag: &str| Ask::get(&path).with("If-None-Match", tag);
        for tag in ["\"1\"", "W/\"1\"", "*", "\"7\", \"1\""] {
            let reply = world.tenant(acme, ask(tag)).await.is(304);
            assert_eq!((reply.body.len(), reply.header("etag")), (0, Some("\"1\"")));
        }
        for tag in ["\"2\"", "1", "\"11\""] {
            world.tenant(acme, ask(tag)).await.is(200);
        }
    }
}
