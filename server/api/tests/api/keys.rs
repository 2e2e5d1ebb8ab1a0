//! Who may come in.

use api::{Kind, Limits};
use machine::WallTime;
use serde_json::json;

use crate::http::Ask;
use crate::openapi::described;
use crate::world::{NOON, world, world_with};

#[tokio::test]
async fn without_a_good_key_every_operation_that_asks_for_one_is_shut() {
    let world = world().await;
    let good = &world.acme.key;
    let other = format!("{}A{}", &good[..10], &good[11..]);
    let wrong = [
        None,
        Some("Bearer ".to_owned()),
        Some(format!("Bearer {}", &good[..20])),
        Some(format!("Bearer {good}x")),
        Some(good.clone()),
        Some(format!("Basic {good}")),
        Some("Bearer stw_".to_owned()),
        Some(format!("Bearer {}", "x".repeat(5_000))),
    ];
    assert_ne!(other, *good);
    for operation in described() {
        let open = [
            "isAlive",
            "isReady",
            "getOpenApi",
            "getMetrics",
            "answerAuthority",
            "getSigningCertificates",
        ];
        if open.contains(&operation.name.as_str()) || operation.is_door() {
            continue;
        }
        let ask = Ask::new(&operation.method, &operation.path.replace(['{', '}'], ""));
        let reply = ask.send(world.address).await.refuses(Kind::Unauthenticated);
        assert_eq!(
            reply.header("www-authenticate"),
            Some("Bearer realm=\"strowger\"")
        );
    }
    for value in wrong {
        let ask = Ask::get("/api/v1/whoami");
        let ask = match &value {
            Some(value) => ask.with("Authorization", value),
            None => ask,
        };
        ask.send(world.address).await.refuses(Kind::Unauthenticated);
    }
    let twice = Ask::get("/api/v1/whoami").key(good).key(good);
    twice
        .send(world.address)
        .await
        .refuses(Kind::Unauthenticated);
    let any_case = Ask::get("/api/v1/whoami").with("authorization", &format!("bEARER {good}"));
    any_case.send(world.address).await.is(200);
}

#[tokio::test]
async fn a_key_ends_when_it_expires_and_when_its_tenant_is_deleted() {
    let world = world().await;
    let body = json!({"name": "short", "expires": "2025-11-24T16:00:01Z"});
    let made = world
        .operator(Ask::post("/api/v1/tokens").json(&body))
        .await
        .is(201);
    let who = async |key: &str| {
        Ask::get("/api/v1/whoami")
            .key(key)
            .send(world.address)
            .await
    };
    who(&made.member("key")).await.is(200);
    world
        .clock
        .set(WallTime::from_unix_ms(NOON.unix_ms() + 1_000));
    who(&made.member("key"))
        .await
        .refuses(Kind::Unauthenticated);
    for path in [
        "containments/acme-held",
        "toll_guards/acme-nights",
        "inbound_routes/acme-in",
        "outbound_routes/acme-out",
        "schedules/acme-hours",
        "sites/acme-site",
        "music/acme-evening",
        "sounds/acme-waltz",
        "emergency_locations/acme-place",
        "signing_keys/acme-key",
        "trunks/acme-line",
        "rate_decks/acme-rates",
        "devices/acme-101",
        "extensions/101",
        "webhooks/acme-crm",
        "users/ann@acme.example",
        "roles/acme-crew",
        "holds/acme-case",
        "sso/acme-door",
    ] {
        world
            .operator(Ask::delete(&world.acme.path(path)))
            .await
            .is(204);
    }
    let own = format!("/api/v1/tenants/{}", world.acme.id);
    world.operator(Ask::delete(&own)).await.is(204);
    let after = world.tenant(&world.acme, Ask::get(&own)).await;
    assert!([401, 404].contains(&after.status), "{}", after.text());
}

#[tokio::test]
async fn too_many_wrong_keys_bar_their_source_and_no_other() {
    // a rate of nothing is spent by the first wrong key
    let world = world_with(Limits {
        wrong_keys_rate: 0,
        ..Limits::default()
    })
    .await;
    let who = async |key: &str, from: &str| {
        let ask = Ask::get("/api/v1/whoami").with("X-Forwarded-For", from);
        ask.key(key).send(world.address).await
    };
    let (good, wrong) = (world.acme.key.as_str(), "stw_wrong");
    who(good, "198.51.100.1").await.is(200);
    who(wrong, "198.51.100.1")
        .await
        .refuses(Kind::Unauthenticated);
    let barred = who(good, "198.51.100.1")
        .await
        .refuses(Kind::TooManyRequests);
    assert_eq!(barred.header("retry-after"), Some("1"));
    who(good, "198.51.100.2").await.is(200);
    // what a sender says of others before the front end's own word is not believed
    who(good, "198.51.100.2, 198.51.100.1")
        .await
        .refuses(Kind::TooManyRequests);
    who(good, "198.51.100.1, 198.51.100.2").await.is(200);
    // whoever has one address of a /64 has all of them
    who(wrong, "2001:db8::1")
        .await
        .refuses(Kind::Unauthenticated);
    who(good, "2001:db8::2")
        .await
        .refuses(Kind::TooManyRequests);
    who(good, "2001:db8:0:1::1").await.is(200);
}

#[tokio::test]
async fn a_request_without_a_key_is_not_counted_as_a_wrong_one() {
    let world = world_with(Limits {
        wrong_keys_rate: 0,
        ..Limits::default()
    })
    .await;
    for _ in 0..3 {
        Ask::get("/api/v1/whoami")
            .send(world.address)
            .await
            .refuses(Kind::Unauthenticated);
    }
    world
        .tenant(&world.acme, Ask::get("/api/v1/whoami"))
        .await
        .is(200);
}

#[tokio::test]
async fn a_company_sees_when_the_operator_came_in_once_an_hour() {
    let world = world().await;
    let visits = async || {
        let path = world.acme.path("audit?limit=500");
        let trail = world
            .tenant(&world.acme, Ask::get(&path))
            .await
            .is(200)
            .json();
        let entries = trail["items"].as_array().unwrap().iter();
        entries
            .filter(|entry| entry["action"] == "tenant.entered")
            .count()
    };
    assert_eq!(visits().await, 1);
    for _ in 0..3 {
        world
            .operator(Ask::get(&world.acme.path("calls")))
            .await
            .is(200);
    }
    assert_eq!(visits().await, 1);
    world
        .clock
        .set(WallTime::from_unix_ms(NOON.unix_ms() + 3_600_000));
    for _ in 0..3 {
        world
            .operator(Ask::get(&world.acme.path("calls")))
            .await
            .is(200);
    }
    assert_eq!(visits().await, 2);
}
