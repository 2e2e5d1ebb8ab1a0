//! Every operation does its work.

mod crews;
mod doors;
mod privacy;
mod sheets;
mod support;
mod usage;

use std::collections::BTreeSet;

use ids::{CallId, TokenId};
use serde_json::{Value, json};

use crate::archives;
use crate::exchange;
use crate::http::{Ask, Reply};
use crate::openapi::described;
use crate::passkeys;
use crate::people;
use crate::place;
use crate::sign_on;
use crate::world::{World, world};

#[tokio::test]
async fn every_operation_of_the_list_does_its_work() {
    let world = world().await;
    work(&world).await;
    let listed: BTreeSet<String> = described().into_iter().map(|one| one.name).collect();
    let done: BTreeSet<String> = world.done().into_iter().map(str::to_owned).collect();
    assert_eq!(done, listed);
}

/// Carries out every operation there is, at least once.
pub(crate) async fn work(world: &World) {
    // so many questions would meet the rate of a company's key
    let caps = json!({"caps": {"api_requests_per_second": 1_000_000_000}});
    let own = format!("/api/v1/tenants/{}", world.acme.id);
    let patient = Ask::patch(&own).if_match("*").json(&caps);
    world.operator(patient).await.is(200);
    accounts(world).await;
    tenants(world).await;
    extensions(world).await;
    devices(world).await;
    facts(world).await;
    events(world).await;
    webhooks(world).await;
    sheets::sheets(world).await;
    crews::crews(world).await;
    doors::doors(world).await;
    support::support(world).await;
    keys(world).await;
    platform(world).await;
    sealing(world).await;
    // from now on other companies have people with the same addresses
    archives::day(world).await;
    // these let time pass
    people::day(world).await;
    people::crews(world).await;
    passkeys::day(world).await;
    sign_on::day(world).await;
    privacy::privacy(world).await;
}

/// Nothing is sealed with an old master key, so there is nothing to seal anew; the company's own
/// key is renewed with all its secrets. The store in memory seals nothing.
async fn sealing(world: &World) {
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

async fn events(world: &World) {
    let acme = &world.acme;
    let first = Ask::get(&acme.path("events?limit=1"));
    let page = world.tenant(acme, first).await.is(200).json();
    let made = &page["items"][0];
    assert_eq!(
        (&made["cursor"], &made["type"]),
        (&json!(1), &json!("resource.created"))
    );
    assert_eq!(made["data"]["kind"], "tenant");
    let stream = Ask::get(&acme.path("events/stream"));
    let reply = world.tenant(acme, stream).await.is(200);
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
}

/// The question who refers to what a path names.
fn users_of(one: &str) -> Ask {
    Ask::get(&format!("{one}/used-by"))
}

/// Who refers to it, each as `kind name field`.
fn used_by(reply: Reply) -> Vec<String> {
    let page = reply.is(200).json();
    let word = |user: &Value, member: &str| user[member].as_str().unwrap().to_owned();
    let items = page["items"].as_array().unwrap().iter();
    let line = |user| {
        ["kind", "name", "field"]
            .map(|member| word(user, member))
            .join(" ")
    };
    items.map(line).collect()
}

/// A reseller sells a plan to a company, and everything about all three is seen and changed.
async fn accounts(world: &World) {
    for (list, name, other) in [
        ("resellers", "east", json!({"limits": {"tenants": 3}})),
        ("plans", "gold", json!({"maximum": {"devices": 3}})),
    ] {
        let all = format!("/api/v1/{list}");
        let spec = json!({"name": name});
        let made = world.operator(Ask::post(&all).json(&spec)).await.is(201);
        let one = format!("{all}/{name}");
        assert_eq!(
            made.header("location"),
            Some(format!("{all}/{}", made.member("id")).as_str())
        );
        let listed = world.operator(Ask::get(&format!("{all}?filter={name}")));
        let listed = listed.await.is(200).json();
        assert_eq!(listed["items"][0], made.json());
        let put = json!({"name": name, "display_name": "Once"});
        world
            .operator(Ask::put(&one).if_match("\"1\"").json(&put))
            .await
            .is(200);
        let patched = Ask::patch(&one).if_match("\"2\"").json(&other);
        let patched = world.operator(patched).await.is(200).json();
        assert_eq!(patched["display_name"], "Once");
        let back = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 1}));
        let back = world.operator(back).await.is(200).json();
        assert_eq!(
            (&back["display_name"], &back["revision"]),
            (&json!(""), &json!(4))
        );
        let never = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 77}));
        let never = world.operator(never).await.refuses(api::Kind::Invalid);
        assert_eq!(never.blames(), "/revision");
        let history = world.operator(Ask::get(&format!("{one}/history"))).await;
        let items = history.is(200).json()["items"].as_array().unwrap().len();
        assert_eq!(items, 4);
        assert_eq!(used_by(world.operator(users_of(&one)).await), [""; 0]);
        assert_eq!(world.operator(Ask::get(&one)).await.is(200).json(), back);
    }
    let grant = json!({"plans": ["gold"], "limits": {"tenants": 1}});
    let east = "/api/v1/resellers/east";
    world
        .operator(Ask::patch(east).if_match("*").json(&grant))
        .await
        .is(200);
    let company = json!({"domains": ["sold.example"], "reseller": "east", "plan": "gold"});
    let sold = world
        .operator(Ask::post("/api/v1/tenants").json(&company))
        .await
        .is(201)
        .json();
    usage::full(world, "east").await;
    assert!(sold["plan"].as_str().unwrap().starts_with("pln_"));
    let users = used_by(world.operator(users_of("/api/v1/plans/gold")).await);
    assert_eq!(
        users,
        ["reseller east /plans/0", "tenant sold.example /plan"]
    );
    let second = json!({"domains": ["second.example"], "reseller": "east"});
    let second = Ask::post("/api/v1/tenants").json(&second);
    world.operator(second).await.refuses(api::Kind::Quota);
    for path in [east, "/api/v1/plans/gold"] {
        world
            .operator(Ask::delete(path))
            .await
            .refuses(api::Kind::InUse);
    }
    for path in ["/api/v1/tenants/sold.example", east, "/api/v1/plans/gold"] {
        world.operator(Ask::delete(path)).await.is(204);
    }
}

async fn webhooks(world: &World) {
    let acme = &world.acme;
    let spec = json!({"name": "pager", "url": "https://pager.example/", "events": ["call.*"]});
    let made = Ask::post(&acme.path("webhooks")).json(&spec);
    let made = world.tenant(acme, made).await.is(201);
    assert!(made.member("secret").starts_with("whsec_"));
    let one = acme.path("webhooks/pager");
    let shown = world.tenant(acme, Ask::get(&one)).await.is(200).json();
    assert_eq!(
        (&shown["secret"], &shown["events"]),
        (&Value::Null, &json!(["call.*"]))
    );
    let listed = world
        .tenant(acme, Ask::get(&acme.path("webhooks?sort=name")))
        .await;
    let names: Vec<Value> = listed.is(200).json()["items"].as_array().unwrap().clone();
    assert_eq!(
        (&names[0]["name"], &names[1]["name"]),
        (&json!("acme-crm"), &json!("pager"))
    );
    let off = Ask::patch(&one)
        .if_match("\"1\"")
        .json(&json!({"enabled": false}));
    assert_eq!(
        world.tenant(acme, off).await.is(200).json()["enabled"],
        false
    );
    let put = Ask::put(&one).if_match("\"2\"").json(&spec);
    assert_eq!(
        world.tenant(acme, put).await.is(200).json()["enabled"],
        true
    );
    let rotated = world
        .tenant(acme, Ask::post(&format!("{one}/secret")))
        .await
        .is(200);
    assert_ne!(rotated.member("secret"), made.member("secret"));
    let back = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 2}));
    let back = world.operator(back).await.is(200).json();
    assert_eq!(
        (&back["enabled"], &back["revision"]),
        (&json!(false), &json!(5))
    );
    let on = Ask::patch(&one)
        .if_match("\"5\"")
        .json(&json!({"enabled": true}));
    world.operator(on).await.is(200);
    let pong = world
        .tenant(acme, Ask::post(&format!("{one}/ping")))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&pong["delivered"], &pong["status"]),
        (&json!(true), &json!(204))
    );
    world
        .tenant(acme, Ask::get(&format!("{one}/history")))
        .await
        .is(200);
    let users = world.tenant(acme, users_of(&one)).await;
    assert_eq!(used_by(users), [""; 0]);
    world.tenant(acme, Ask::delete(&one)).await.is(204);
    replays(world, &acme.path("webhooks/acme-crm")).await;
}

async fn replays(world: &World, one: &str) {
    let acme = &world.acme;
    let list = Ask::get(&format!("{one}/deliveries?state=dead"));
    let dead = world.tenant(acme, list.clone()).await.is(200).json();
    assert_eq!(dead["items"][0]["event"]["type"], "call.ended");
    let again = Ask::post(&format!("{one}/deliveries/1/replay"));
    let again = world.tenant(acme, again).await.is(200).json();
    assert_eq!(
        (&again["state"], &again["tries"]),
        (&json!("waiting"), &json!(0))
    );
    assert_eq!(
        world.tenant(acme, list).await.is(200).json()["items"],
        json!([])
    );
    let all = world
        .tenant(acme, Ask::post(&format!("{one}/replay")))
        .await;
    assert_eq!(all.is(200).json()["replayed"], 0);
    assert_eq!(world.live.replayed.lock().unwrap().len(), 2);
    let missing = Ask::post(&format!("{one}/deliveries/77/replay"));
    world.tenant(acme, missing).await.is(404);
}

async fn tenants(world: &World) {
    let spec = json!({"domains": ["Initech.example"], "display_name": " Initech "});
    let made = world
        .operator(Ask::post("/api/v1/tenants").json(&spec))
        .await
        .is(201);
    let id = made.member("id");
    assert_eq!(
        made.header("location"),
        Some(format!("/api/v1/tenants/{id}").as_str())
    );
    assert_eq!(made.header("etag"), Some("\"1\""));
    let view = json!({
        "id": id, "revision": 1, "domains": ["initech.example"], "display_name": "Initech",
        "created": "2025-11-24T16:00:00.000Z", "updated": "2025-11-24T16:00:00.000Z",
        "reseller": null, "plan": null, "caps": {}, "enabled": true, "ceiling": {"deny": []},
        "mail_domains": [],
    });
    assert_eq!(made.json(), view);
    let one = "/api/v1/tenants/initech.example";
    assert_eq!(world.operator(Ask::get(one)).await.is(200).json(), view);
    let listed = world
        .operator(Ask::get("/api/v1/tenants?sort=name"))
        .await
        .is(200)
        .json();
    let names: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["domains"][0])
        .collect();
    let companies = [
        "acme.example",
        "globex.example",
        "initech.example",
        "northco.example",
        "southco.example",
    ];
    assert_eq!(names, companies);
    assert_eq!(listed["next"], Value::Null);
    let spec = json!({"domains": ["initech.example", "initech.test"], "enabled": false});
    let put = world
        .operator(Ask::put(one).if_match("\"1\"").json(&spec))
        .await
        .is(200);
    assert_eq!(
        (
            put.json()["revision"].clone(),
            put.json()["enabled"].clone()
        ),
        (2.into(), false.into())
    );
    let two = "/api/v1/tenants/initech.test";
    let patch = Ask::patch(two)
        .if_match("*")
        .json(&json!({"enabled": null, "caps": {"weight": 7}}));
    let patched = world.operator(patch).await.is(200).json();
    assert_eq!(patched["enabled"], true);
    assert_eq!(
        (&patched["caps"]["weight"], &patched["caps"]["bindings"]),
        (&7.into(), &Value::Null)
    );
    let history = world
        .operator(Ask::get(&format!("{two}/history")))
        .await
        .is(200)
        .json();
    let seen: Vec<&Value> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["change"])
        .collect();
    assert_eq!(seen, ["replaced", "replaced", "created"]);
    assert_eq!(used_by(world.operator(users_of(two)).await), [""; 0]);
    assert_eq!(history["items"][2]["spec"]["display_name"], "Initech");
    let usage = world
        .operator(Ask::get(&format!("{two}/usage")))
        .await
        .is(200)
        .json();
    let weight = json!({"limit": 7, "set_by": "tenant", "in_use": null, "refused": null});
    assert_eq!(usage["caps"]["weight"], weight);
    let calls = json!({"limit": 200, "set_by": "exchange", "in_use": 0, "refused": 0});
    assert_eq!(usage["caps"]["concurrent_calls"], calls);
    let none = json!({"in_use": 0, "included": null, "limit": null, "set_by": null});
    assert_eq!(usage["counts"]["devices"], none);
    let back = Ask::post(&format!("{two}/rollback")).json(&json!({"revision": 2}));
    let back = world.operator(back).await.is(200).json();
    assert_eq!(
        (&back["revision"], &back["enabled"], &back["caps"]),
        (&4.into(), &false.into(), &json!({}))
    );
    let gone = world
        .operator(Ask::delete(two).if_match("\"4\""))
        .await
        .is(204);
    assert_eq!(
        (gone.body.as_slice(), gone.header("content-type")),
        (&b""[..], None)
    );
    world
        .operator(Ask::get(one))
        .await
        .refuses(api::Kind::NotFound);
}

async fn extensions(world: &World) {
    let acme = &world.acme;
    let all = acme.path("extensions");
    let spec = json!({"number": "*9", "ring_seconds": 5, "destination": "echo"});
    let made = world
        .tenant(acme, Ask::post(&all).json(&spec))
        .await
        .is(201);
    let id = made.member("id");
    assert_eq!(
        made.header("location"),
        Some(format!("{all}/{id}").as_str())
    );
    let view = json!({
        "id": id, "tenant": acme.id, "revision": 1, "number": "*9", "display_name": "",
        "created": "2025-11-24T16:00:00.000Z", "updated": "2025-11-24T16:00:00.000Z",
        "ring_seconds": 5, "destination": "echo", "enabled": true,
    });
    assert_eq!(made.json(), view);
    for name in [&id, "*9", "%2A9"] {
        let one = world
            .tenant(acme, Ask::get(&format!("{all}/{name}")))
            .await
            .is(200);
        assert_eq!(
            (one.json(), one.header("etag")),
            (view.clone(), Some("\"1\""))
        );
    }
    let listed = world
        .tenant(acme, Ask::get(&format!("{all}?filter=*")))
        .await
        .is(200)
        .json();
    assert_eq!(listed, json!({"items": [view], "next": null}));
    let one = format!("{all}/*9");
    let put = Ask::put(&one)
        .if_match("\"1\"")
        .json(&json!({"number": "*8"}));
    let put = world.tenant(acme, put).await.is(200).json();
    assert_eq!(
        (&put["ring_seconds"], &put["destination"]),
        (&30.into(), &"devices".into())
    );
    let one = format!("{all}/*8");
    let patch = json!({"ring_seconds": 45});
    let patch = Ask::patch(&one).if_match("\"2\"").body(
        "application/merge-patch+json",
        &serde_json::to_vec(&patch).unwrap(),
    );
    let patched = world.tenant(acme, patch).await.is(200).json();
    assert_eq!(
        (&patched["ring_seconds"], &patched["number"]),
        (&45.into(), &"*8".into())
    );
    let history = world
        .tenant(acme, Ask::get(&format!("{one}/history")))
        .await
        .is(200)
        .json();
    assert_eq!(history["items"].as_array().unwrap().len(), 3);
    assert_eq!(history["items"][0]["spec"]["ring_seconds"], 45);
    let users = world.tenant(acme, users_of(&one)).await;
    assert_eq!(used_by(users), [""; 0]);
    let back = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 2}));
    let back = world.tenant(acme, back).await.is(200);
    assert_eq!(
        (&back.json()["ring_seconds"], back.header("etag")),
        (&30.into(), Some("\"4\""))
    );
    world.tenant(acme, Ask::delete(&one)).await.is(204);
    world
        .tenant(acme, Ask::get(&one))
        .await
        .refuses(api::Kind::NotFound);
}

async fn devices(world: &World) {
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

async fn facts(world: &World) {
    let acme = &world.acme;
    let get = async |path: &str| {
        world
            .tenant(acme, Ask::get(&acme.path(path)))
            .await
            .is(200)
            .json()
    };
    let registered = get("registrations").await;
    assert_eq!(registered["items"][0]["device"], acme.device.to_string());
    assert_eq!(
        registered["items"][0]["expires"],
        "2025-11-24T16:01:00.000Z"
    );
    let calls = get("calls").await;
    let call = get(&format!("calls/{}", acme.call)).await;
    assert_eq!(calls["items"], json!([call]));
    assert_eq!(
        (&call["state"], &call["legs"][0]["codec"]),
        (&"talking".into(), &"PCMA/8000".into())
    );
    let why = get(&format!("calls/{}/why", acme.call)).await;
    assert_eq!(
        why["why"][0]["because"],
        "*43 is an extension of this tenant"
    );
    let cdrs = get("cdrs").await;
    let cdr = get(&format!("cdrs/{}", acme.cdr)).await;
    assert_eq!(cdrs["items"], json!([cdr]));
    assert_eq!(
        (&cdr["talk_ms"], &cdr["end"]["by"]),
        (&1500.into(), &"caller".into())
    );
    let why = get(&format!("cdrs/{}/why", acme.cdr)).await;
    assert_eq!(why["explanation"][0]["rule"], "builtin.echo");
    let path = acme.path(&format!("calls/{}", acme.call));
    world.tenant(acme, Ask::delete(&path)).await.is(204);
    world
        .tenant(acme, Ask::delete(&path))
        .await
        .refuses(api::Kind::NotFound);
    let hung_up = world.live.hung_up.lock().unwrap().clone();
    assert_eq!(
        hung_up,
        [(acme.id, acme.call, "hung up by an API request".to_owned())]
    );
    let again = exchange::call(CallId::from_u128(1), "101", "102");
    world
        .live
        .calls
        .lock()
        .unwrap()
        .insert(acme.id, vec![again]);
    let audit = get("audit?limit=500").await;
    let actions: Vec<&Value> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["action"])
        .collect();
    for action in [
        "extension.created",
        "device.replaced",
        "device.deleted",
        "tenant.entered",
    ] {
        assert!(actions.contains(&&action.into()), "{action} in {actions:?}");
    }
}

async fn keys(world: &World) {
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

async fn platform(world: &World) {
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
