//! The exchange as a whole: sealing, audit, health, bans, certificates.

use serde_json::{Value, json};

use crate::http::Ask;
use crate::place;
use crate::world::World;

/// Nothing is sealed with an old master key, so there is nothing to seal anew; the company's own
/// key is renewed with all its secrets. The store in memory seals nothing.
pub(super) async fn sealing(world: &World) {
    let status = world.operator(Ask::get("/api/v1/master-keys")).await;
    assert_eq!(status.is(200).json()["behind"], 0);
    let reseal = |body| Ask::post("/api/v1/master-keys/reseal").json(&body);
    let done = world.operator(reseal(json!({}))).await.is(200).json();
    assert_eq!(done, json!({"anew": 0, "next": null}));
    let odd = world.operator(reseal(json!({"after": "acme"}))).await;
    assert_eq!(odd.refuses(api::Kind::Invalid).blames(), "/after");
    let renew = Ask::post(&world.acme.path("renew-data-key"));
    let renewed = world.operator(renew).await.is(200).json();
    let sealed = renewed["secrets"].as_u64().unwrap();
    assert_eq!(sealed > 0, place::keeps_sealed(), "{renewed}");
}

pub(super) async fn platform(world: &World) {
    let audit = world
        .operator(Ask::get("/api/v1/audit"))
        .await
        .is(200)
        .json();
    let actions: Vec<&Value> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["action"])
        .collect();
    for action in ["token.created", "plan.created", "plan.deleted"] {
        assert!(actions.contains(&&json!(action)), "{actions:?}");
    }
    let text = async |path: &str| {
        Ask::get(path)
            .send(world.address)
            .await
            .is(200)
            .text()
            .to_owned()
    };
    assert_eq!(text("/healthz").await, "alive\n");
    assert_eq!(text("/readyz").await, "ready\n");
    assert!(text("/metrics").await.contains("strowger_calls 1"));
    assert!(text("/api/v1/openapi.json").await.starts_with('{'));
    assert!(text("/api/v1/auth/brand").await.contains("Strowger"));
}

/// A source is banned, seen by operators alone, and let off again.
pub(super) async fn bans(world: &World) {
    const BANS: &str = "/api/v1/bans";
    let add = |body| Ask::post(BANS).json(&body);
    let order = json!({"source": "2001:db8:1:2::7", "seconds": 60, "note": "at night"});
    let ban = world.operator(add(order)).await.is(200).json();
    assert_eq!(ban["source"], "2001:db8:1:2::/64");
    assert_eq!(
        (&ban["cause"], &ban["strikes"]),
        (&json!("hand"), &json!(1))
    );
    for (field, order) in [
        ("/source", json!({"source": "night.example"})),
        ("/seconds", json!({"source": "192.0.2.1", "seconds": 0})),
        (
            "/note",
            json!({"source": "192.0.2.1", "note": "x".repeat(201)}),
        ),
    ] {
        let odd = world.operator(add(order)).await;
        assert_eq!(odd.refuses(api::Kind::Invalid).blames(), field);
    }
    let listed = world.operator(Ask::get(BANS)).await.is(200).json();
    assert_eq!(listed["items"], json!([ban]));
    let lift = || Ask::delete("/api/v1/bans/2001:db8:1:2::");
    world.operator(lift()).await.is(204);
    world.operator(lift()).await.refuses(api::Kind::NotFound);
    let listed = world.operator(Ask::get(BANS)).await.is(200).json();
    assert_eq!(listed["items"], json!([]));
}

/// A host stands as the exchange has noted it, is asked for anew, and its authority is answered
/// without a key, and nothing but what was noted.
pub(super) async fn certificates(world: &World) {
    const ALL: &str = "/api/v1/certificates";
    let standing = json!({
        "name": "sip.example.net", "facts": null, "directory": "", "tried": 1_700_000_000_000_i64,
        "problem": "it was asked too often", "failures": 2, "wait": 4_000_000_000_000_i64,
        "advised": null, "advice_until": null, "warned": false,
    });
    let kept = json!({"standing": standing, "chain": "", "key": ""});
    let noted = json!({"token": "tok-1", "authorization": "tok-1.thumb"});
    for (name, content) in [
        ("certificate/sip.example.net", kept),
        ("challenge/sip.example.net", noted),
    ] {
        let content = content.to_string();
        let put = world
            .store
            .swap_sealed(name, None, Some(content.as_bytes()));
        assert_eq!(put.await, Ok(true));
    }
    let listed = world.operator(Ask::get(ALL)).await.is(200).json();
    let one = &listed["items"][0];
    assert_eq!(
        (&one["name"], &one["source"], &one["problem"]),
        (
            &json!("sip.example.net"),
            &json!("acme"),
            &json!("it was asked too often")
        )
    );
    assert_eq!(one["next"], "2096-10-02T07:06:40.000Z");
    let renew = |host: &str| Ask::post(&format!("{ALL}/{host}/renew"));
    let due = world
        .operator(renew("SIP.example.net"))
        .await
        .is(200)
        .json();
    assert_eq!(due["failures"], 0);
    let unknown = world.operator(renew("other.example.net")).await;
    unknown.refuses(api::Kind::NotFound);
    let answer = async |token: &str| {
        let path = format!("/.well-known/acme-challenge/{token}");
        Ask::get(&path).send(world.address).await
    };
    let answered = answer("tok-1").await.is(200);
    assert_eq!(answered.text(), "tok-1.thumb");
    let kind = Some("application/octet-stream");
    assert_eq!(answered.header("content-type"), kind);
    for other in ["tok-2", "tok", "certificate%2Fsip.example.net"] {
        answer(other).await.is(404);
    }
}
