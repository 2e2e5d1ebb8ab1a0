//! What every request meets: methods, paths, parameters, media types, rates, bounds.

use std::collections::BTreeSet;

use api::{Kind, Limits};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::MemoryStore;
use tokio::sync::Semaphore;
use tokio::task::yield_now;

use crate::http::Ask;
use crate::openapi::described;
use crate::world::{world, world_over, world_with};

#[tokio::test]
async fn a_method_that_a_path_has_not_is_refused_with_those_it_has() {
    let world = world().await;
    let all = described();
    let paths: BTreeSet<&str> = all.iter().map(|one| one.path.as_str()).collect();
    for path in paths {
        let mut has: BTreeSet<&str> = all
            .iter()
            .filter(|one| one.path == path)
            .map(|one| one.method.as_str())
            .collect();
        if has.contains("GET") {
            has.insert("HEAD");
        }
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            if has.contains(method) {
                continue;
            }
            let reply = world
                .operator(Ask::new(method, path))
                .await
                .refuses(Kind::MethodNotAllowed);
            let allow = reply.header("allow").unwrap();
            assert_eq!(
                allow.split(',').map(str::trim).collect::<BTreeSet<_>>(),
                has,
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_path_that_is_none_leads_nowhere() {
    let world = world().await;
    let long = format!("/api/v1/tenants/{}", "x".repeat(4_000));
    let paths = [
        "/api",
        "/api/v2/tenants",
        "/api/v1/tenants/",
        "/api/v1/tenants/a/b/c/d/e",
        "/api/v1/tenants/%FF%FE",
        "/api/v1/tenants/..%2F..",
        "//",
        &long,
    ];
    for path in paths {
        world.operator(Ask::get(path)).await.refuses(Kind::NotFound);
    }
}

#[tokio::test]
async fn a_head_is_answered_like_a_get_without_its_body() {
    let world = world().await;
    let path = world.acme.path("extensions/101");
    let get = world.tenant(&world.acme, Ask::get(&path)).await.is(200);
    let head = world
        .tenant(&world.acme, Ask::new("HEAD", &path))
        .await
        .is(200);
    assert_eq!(head.body.len(), 0);
    for header in ["etag", "content-type", "content-length"] {
        assert_eq!(head.header(header), get.header(header));
    }
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own_and_is_kept_by_no_cache() {
    let world = world().await;
    let mut ids = BTreeSet::new();
    for path in ["/healthz", "/nowhere", "/api/v1/whoami", "/api/v1/tenants"] {
        let reply = world.operator(Ask::get(path)).await;
        let id = reply.header("x-request-id").unwrap().to_owned();
        assert!(id.starts_with("req_"), "{id}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert!(ids.insert(id));
    }
    let made = Ask::post(&world.acme.path("extensions")).json(&json!({"number": "1"}));
    let made = world.tenant(&world.acme, made).await.is(201);
    let trail = world
        .tenant(&world.acme, Ask::get(&world.acme.path("audit")))
        .await
        .json();
    let entry = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["after"]["number"] == "1");
    assert_eq!(
        entry.unwrap()["request"].as_str(),
        made.header("x-request-id")
    );
}

#[tokio::test]
async fn a_parameter_that_is_unknown_or_said_twice_or_wrong_is_named() {
    let world = world().await;
    let acme = &world.acme;
    let table = [
        ("extensions?color=red", "color"),
        ("extensions?limit=1&limit=2", "limit"),
        ("extensions?limit=0", "limit"),
        ("extensions?limit=501", "limit"),
        ("extensions?limit=-1", "limit"),
        ("extensions?limit=", "limit"),
        ("extensions?after=zz", "after"),
        ("extensions?sort=size", "sort"),
        ("extensions/101?limit=1", "limit"),
        ("cdrs?from=yesterday", "from"),
        ("cdrs?until=2025-02-30T00:00:00Z", "until"),
        ("cdrs?call=7", "call"),
        ("calls?after=", "after"),
    ];
    for (path, blamed) in table {
        let reply = world.tenant(acme, Ask::get(&acme.path(path))).await;
        assert_eq!(
            reply.refuses(Kind::InvalidParameter).blames(),
            blamed,
            "{path}"
        );
    }
}

#[tokio::test]
async fn whoever_takes_no_json_is_told_that_there_is_nothing_else() {
    let world = world().await;
    let get = |accept: &str| Ask::get("/api/v1/whoami").with("Accept", accept);
    let no = [
        "text/html",
        "application/json;q=0",
        "application/xml, text/*",
        "image/png;q=1",
        "",
    ];
    for accept in no {
        world
            .operator(get(accept))
            .await
            .refuses(Kind::NotAcceptable);
    }
    let yes = [
        "*/*",
        "text/html, */*;q=0.1",
        "application/*",
        "Application/Json; q=0.5",
    ];
    for accept in yes {
        world.operator(get(accept)).await.is(200);
    }
    world
        .operator(Ask::get("/metrics").with("Accept", "text/plain"))
        .await
        .is(200);
}

#[tokio::test]
async fn each_answer_says_where_the_senders_rate_stands() {
    let world = world().await;
    let reply = world
        .tenant(&world.acme, Ask::get("/api/v1/whoami"))
        .await
        .is(200);
    let number = |name: &str| reply.header(name).unwrap().parse::<u32>().unwrap();
    assert_eq!(number("ratelimit-limit"), 50);
    assert!(number("ratelimit-remaining") < 50);
    assert_eq!(number("ratelimit-reset"), 1);
    let open = Ask::get("/healthz").send(world.address).await.is(200);
    assert_eq!(open.header("ratelimit-limit"), None);
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_nobody_else_does() {
    let world = world().await;
    let caps = json!({"caps": {"api_requests_per_second": 1}});
    let path = format!("/api/v1/tenants/{}", world.acme.id);
    world
        .operator(Ask::patch(&path).if_match("*").json(&caps))
        .await
        .is(200);
    // the cap is known as soon as the tenant's document was read
    let ask = Ask::get(&world.acme.path("calls"));
    let mut refused = None;
    for _ in 0..1_000 {
        let reply = world.tenant(&world.acme, ask.clone()).await;
        if reply.status == 429 {
            refused = Some(reply.refuses(Kind::TooManyRequests));
            break;
        }
    }
    let refused = refused.expect("a refusal within a thousand requests at one per second");
    assert_eq!(refused.header("ratelimit-limit"), Some("1"));
    assert_eq!(refused.header("ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    world
        .tenant(&world.globex, Ask::get("/api/v1/whoami"))
        .await
        .is(200);
    world.operator(Ask::get("/api/v1/whoami")).await.is(200);
    let caps = json!({"caps": {"api_requests_per_second": 1_000_000_000}});
    world
        .operator(Ask::patch(&path).if_match("*").json(&caps))
        .await
        .is(200);
    for _ in 0..100 {
        if world.tenant(&world.acme, ask.clone()).await.status == 200 {
            return;
        }
    }
    panic!("a raised cap is in force at once");
}

#[tokio::test]
async fn an_operators_key_has_a_rate_too() {
    let world = world_with(Limits {
        operator_rate: 0,
        ..Limits::default()
    })
    .await;
    let reply = world
        .operator(Ask::get("/api/v1/whoami"))
        .await
        .refuses(Kind::TooManyRequests);
    assert_eq!(reply.header("retry-after"), Some("1"));
    world
        .tenant(&world.acme, Ask::get("/api/v1/whoami"))
        .await
        .is(200);
}

#[tokio::test]
async fn more_requests_at_once_than_there_is_room_for_are_sent_away() {
    let world = world_with(Limits {
        in_flight: 1,
        waiting_time: Duration::from_millis(20),
        ..Limits::default()
    })
    .await;
    let door = Arc::new(Semaphore::new(0));
    *world.live.door.lock().unwrap() = Some(door.clone());
    let (ask, address) = (
        Ask::get(&world.acme.path("calls")).key(&world.acme.key),
        world.address,
    );
    let first = tokio::spawn(async move { ask.send(address).await });
    while world.live.asked.load(Ordering::SeqCst) == 0 {
        yield_now().await;
    }
    let second = world
        .tenant(&world.globex, Ask::get("/api/v1/whoami"))
        .await;
    let second = second.refuses(Kind::Unavailable);
    assert_eq!(second.header("retry-after"), Some("1"));
    for watched in ["/healthz", "/readyz", "/metrics"] {
        Ask::get(watched).send(world.address).await.is(200);
    }
    door.add_permits(1);
    first.await.unwrap().is(200);
    for _ in 0..1_000 {
        if world
            .tenant(&world.globex, Ask::get("/api/v1/whoami"))
            .await
            .status
            == 200
        {
            return;
        }
    }
    panic!("there is room again when the first is done");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let world = world_with(Limits {
        request_time: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    *world.live.door.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
    let ask = Ask::get(&world.acme.path("calls"));
    let reply = world
        .tenant(&world.acme, ask)
        .await
        .refuses(Kind::Unavailable);
    assert!(reply.text().contains("too long"));
}

#[tokio::test]
async fn a_store_that_is_away_is_told_as_such_and_nothing_of_its_troubles() {
    let store = Arc::new(MemoryStore::new());
    let world = world_over(store.clone(), Limits::default()).await;
    store.set_available(false);
    let reply = world.tenant(&world.acme, Ask::get("/api/v1/whoami")).await;
    let reply = reply.refuses(Kind::Unavailable);
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert!(!reply.text().contains("taken away"), "{}", reply.text());
    Ask::get("/healthz").send(world.address).await.is(200);
    store.set_available(true);
    world
        .tenant(&world.acme, Ask::get("/api/v1/whoami"))
        .await
        .is(200);
}
