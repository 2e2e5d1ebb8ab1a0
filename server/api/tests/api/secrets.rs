//! Secrets are in the answer that tells of their making, and nowhere else.

use machine::WallTime;
use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::openapi::described;
use crate::world::{NOON, World, world};

/// Every answer to every GET there is, as the operator gets it.
async fn all_that_is_shown(world: &World, token: &str) -> Vec<(String, Reply)> {
    let mut all = Vec::new();
    // an authority looks for an answer while it is asked
    let noted: &[u8] = br#"{"token":"asked","authorization":"asked.thumb"}"#;
    let put = world
        .store
        .swap_sealed("challenge/sip.example", None, Some(noted));
    assert_eq!(put.await, Ok(true));
    // to a key there is no account of its own, and the front door shows nothing
    let listed = described();
    let elsewhere = ["/api/v1/me", "/api/v1/auth/"];
    let shown = listed
        .iter()
        .filter(|one| !elsewhere.iter().any(|base| one.path.starts_with(base)));
    for operation in shown.filter(|one| one.method == "GET") {
        let own = world.acme.token.to_string();
        let path = operation.path.replace(
            "tenants/{tenant}/tokens/{token}",
            &format!("tenants/{{tenant}}/tokens/{own}"),
        );
        let path = world.path_of(&path).replace("{token}", token);
        let path = path.replace("{challenge}", "asked");
        let reply = world.operator(Ask::get(&path)).await.is(200);
        all.push((path, reply));
    }
    all
}

#[tokio::test]
async fn no_secret_is_ever_shown_a_second_time() {
    let world = world().await;
    let acme = &world.acme;
    let mut secrets = vec![
        acme.secret.clone(),
        acme.webhook_key.clone(),
        acme.key.clone(),
        world.operator.clone(),
    ];
    let once = |ask: Ask, body: &Value| ask.with("Idempotency-Key", "k").json(body);
    let device = json!({"username": "acme-2", "extension": "101"});
    let device = once(Ask::post(&acme.path("devices")), &device);
    let made = world.operator(device.clone()).await.is(201);
    secrets.push(made.member("secret"));
    let token = once(Ask::post("/api/v1/tokens"), &json!({"name": "n"})).with("X", "y");
    let token = token.with("Idempotency-Key-Of-Nobody", "z");
    let token_made = world.operator(token).await;
    // the key was used for the device: only the first of the two was carried out
    token_made.refuses(api::Kind::KeyReused);
    let token = Ask::post("/api/v1/tokens")
        .with("Idempotency-Key", "t")
        .json(&json!({"name": "n"}));
    let token_made = world.operator(token.clone()).await.is(201);
    secrets.push(token_made.member("key"));
    let rotate = Ask::post(&acme.path("devices/acme-101/secret")).with("Idempotency-Key", "r");
    secrets.push(
        world
            .operator(rotate.clone())
            .await
            .is(200)
            .member("secret"),
    );
    let supplied = json!({"secret": "a supplied secret"});
    let patch = Ask::patch(&acme.path("devices/acme-101"))
        .if_match("*")
        .json(&supplied);
    let patched = world.operator(patch).await.is(200);
    secrets.push("a supplied secret".to_owned());
    let mut shown = vec![("patched".to_owned(), patched)];
    for again in [device, token, rotate] {
        let again = world.operator(again).await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert!([200, 201].contains(&again.status));
        shown.push(("repeated".to_owned(), again));
    }
    shown.extend(all_that_is_shown(&world, &token_made.member("id")).await);
    assert!(shown.len() > 20);
    for secret in secrets {
        for (path, reply) in &shown {
            assert!(!reply.text().contains(&secret), "{path} shows a secret");
        }
    }
}

#[tokio::test]
async fn a_new_user_name_needs_a_new_secret() {
    let world = world().await;
    let acme = &world.acme;
    let path = acme.path("devices/acme-101");
    let ask = |body: Value| Ask::patch(&path).if_match("*").json(&body);
    let reply = world
        .tenant(acme, ask(json!({"username": "renamed"})))
        .await;
    assert_eq!(reply.refuses(api::Kind::Invalid).blames(), "/secret");
    let both = json!({"username": "renamed", "secret": "87654321"});
    let renamed = world.tenant(acme, ask(both)).await.is(200).json();
    assert_eq!(
        (&renamed["username"], &renamed["secret"]),
        (&"renamed".into(), &Value::Null)
    );
}

#[tokio::test]
async fn the_secret_before_stays_for_an_overlap_of_thirty_days_at_most() {
    let world = world().await;
    let acme = &world.acme;
    let spec = json!({"username": "acme-desk", "extension": "101"});
    let make = Ask::post(&acme.path("devices")).json(&spec);
    let first = world.tenant(acme, make).await.is(201).member("secret");
    let rotate = |overlap: &str| {
        let path = format!("devices/acme-desk/secret?overlap_seconds={overlap}");
        Ask::post(&acme.path(&path))
    };
    let rotated = world.tenant(acme, rotate("2592000")).await.is(200);
    assert_ne!(rotated.member("secret"), first);
    for refused in ["2592001", "-1", "soon", ""] {
        let answer = world.tenant(acme, rotate(refused)).await;
        let problem = answer.refuses(api::Kind::InvalidParameter);
        assert_eq!(problem.blames(), "overlap_seconds", "{refused}");
    }
}

#[tokio::test]
async fn a_device_shows_when_its_former_secret_is_void_while_that_is_valid() {
    let world = world().await;
    let (acme, one) = (&world.acme, world.acme.path("devices/acme-101"));
    let shown = async || world.tenant(acme, Ask::get(&one)).await.is(200).json();
    assert_eq!(shown().await["former_secret_until"], Value::Null);
    let rotate = Ask::post(&format!("{one}/secret?overlap_seconds=60"));
    let rotated = world.tenant(acme, rotate).await.is(200).json();
    let until = json!("2025-11-24T16:01:00.000Z");
    assert_eq!(rotated["former_secret_until"], until);
    let seen = shown().await;
    assert_eq!(seen["former_secret_until"], until);
    let list = world.tenant(acme, Ask::get(&acme.path("devices"))).await;
    assert_eq!(list.is(200).json()["items"][0], seen);
    let all = world.tenant(acme, Ask::get(&acme.path("extensions"))).await;
    assert!(!all.is(200).text().contains("former_secret_until"));
    // what was read may be sent back, also when the moment has passed meanwhile
    let later = WallTime::from_unix_ms(NOON.unix_ms() + 60_000);
    world.clock.set(later);
    let put = Ask::put(&one).if_match("*").json(&seen);
    let put = world.tenant(acme, put).await.is(200).json();
    assert_eq!(put["former_secret_until"], Value::Null);
}
