//! Every operation does its work.

use std::collections::BTreeSet;

use ids::{CallId, TokenId};
use serde_json::{Value, json};

use crate::exchange;
use crate::http::Ask;
use crate::openapi::described;
use crate::passkeys;
use crate::people;
use crate::world::{World, world};

#[tokio::test]
async fn every_operation_of_the_list_does_its_work() {
    let world = world().await;
    accounts(&world).await;
    tenants(&world).await;
    extensions(&world).await;
    devices(&world).await;
    facts(&world).await;
    events(&world).await;
    webhooks(&world).await;
    sheets(&world).await;
    crews(&world).await;
    support(&world).await;
    keys(&world).await;
    platform(&world).await;
    sealing(&world).await;
    // these let time pass
    people::day(&world).await;
    people::crews(&world).await;
    passkeys::day(&world).await;
    privacy(&world).await;
    let listed: BTreeSet<String> = described().into_iter().map(|one| one.name).collect();
    let done: BTreeSet<String> = world.done().into_iter().map(str::to_owned).collect();
    assert_eq!(done, listed);
}

/// The store in memory seals nothing, so there is nothing to replace.
async fn sealing(world: &World) {
    let status = world.operator(Ask::get("/api/v1/master-keys")).await;
    assert_eq!(status.is(200).json()["behind"], 0);
    let reseal = |body| Ask::post("/api/v1/master-keys/reseal").json(&body);
    let done = world.operator(reseal(json!({}))).await.is(200).json();
    assert_eq!(done, json!({"anew": 0, "next": null}));
    let odd = world.operator(reseal(json!({"after": "acme"}))).await;
    assert_eq!(odd.refuses(api::Kind::Invalid).blames(), "/after");
    let renew = Ask::post(&world.acme.path("renew-data-key"));
    assert_eq!(world.operator(renew).await.is(200).json()["secrets"], 0);
}

/// A hold keeps a person and a company; once it is released both can be erased.
async fn privacy(world: &World) {
    let globex = &world.globex;
    let (holds, case) = (globex.path("holds"), globex.path("holds/globex-case"));
    let person = globex.path("persons/ann@globex.example");
    let found = world.tenant(globex, Ask::get(&person)).await.is(200);
    let places = found.json()["places"].as_array().unwrap().clone();
    let what: Vec<&str> = places
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert!(
        what.contains(&"user") && what.contains(&"audit"),
        "{what:?}"
    );
    let export = Ask::get(&format!("{person}/export"));
    let data = world.tenant(globex, export).await.is(200).json();
    assert_eq!(
        data["data"]["user"][0]["spec"]["mail"],
        "ann@globex.example"
    );
    let erase = || Ask::post(&format!("{person}/erase"));
    let gone = || Ask::post(&format!("/api/v1/tenants/{}/erase", globex.id));
    let held = world.tenant(globex, erase()).await;
    let hold = globex.hold.to_string();
    assert!(held.refuses(api::Kind::InUse).text().contains(&hold));
    world.operator(gone()).await.refuses(api::Kind::InUse);
    let spec = json!({"name": "globex-case", "reason": "Appeal"});
    let second = json!({"name": "second", "reason": "Another", "extension": globex.number});
    let made = Ask::post(&holds).json(&second);
    world.tenant(globex, made).await.is(201);
    world.tenant(globex, Ask::get(&holds)).await.is(200);
    let second = Ask::delete(&globex.path("holds/second"));
    world.tenant(globex, second).await.is(204);
    world.tenant(globex, Ask::get(&case)).await.is(200);
    let put = Ask::put(&case).if_match("*").json(&spec);
    world.tenant(globex, put).await.is(200);
    let patch = Ask::patch(&case)
        .if_match("*")
        .json(&json!({"reason": "Verdict"}));
    world.tenant(globex, patch).await.is(200);
    let history = Ask::get(&format!("{case}/history"));
    world.tenant(globex, history).await.is(200);
    let back = Ask::post(&format!("{case}/rollback")).json(&json!({"revision": 2}));
    world.tenant(globex, back).await.is(200);
    world.tenant(globex, Ask::delete(&case)).await.is(204);
    let erased = world.tenant(globex, erase()).await.is(200).json();
    assert_eq!(erased["changed"]["user"], 1);
    world
        .tenant(globex, erase())
        .await
        .refuses(api::Kind::NotFound);
    let audit = world.tenant(globex, Ask::get(&globex.path("audit"))).await;
    assert!(!audit.is(200).text().contains("ann@globex.example"));
    let report = world.operator(gone()).await.is(200).json();
    assert_eq!(report["tenant"], json!(globex.id));
    world.operator(gone()).await.refuses(api::Kind::NotFound);
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
    assert!(sold["plan"].as_str().unwrap().starts_with("pln_"));
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
    world.tenant(acme, Ask::delete(&one)).await.is(204);
    replays(world, &acme.path("webhooks/acme-crm")).await;
}

/// Those above ask to be let in; the company lets them in and out again.
async fn support(world: &World) {
    let globex = &world.globex;
    let policy = |policy: &str| {
        let ask = Ask::put(&globex.path("support/policy"));
        ask.json(&json!({ "policy": policy }))
    };
    let told = world.operator(policy("ask")).await.is(403);
    assert!(told.text().contains("support.grant"), "{}", told.text());
    world.tenant(globex, policy("ask")).await.is(200);
    let look = Ask::get(&globex.path("extensions"));
    let shut = world.operator(look).await;
    shut.refuses(api::Kind::NotLetIn);
    world
        .operator(Ask::get(&globex.path("usage")))
        .await
        .is(200);

    let wish = json!({"reason": "calls to 102 fail", "minutes": 30});
    let all = globex.path("support/accesses");
    let asked = world.operator(Ask::post(&all).json(&wish)).await.is(201);
    let grant = format!("{all}/{}/grant", asked.member("id"));
    world.operator(Ask::post(&grant)).await.is(403);
    let granted = world.tenant(globex, Ask::post(&grant)).await.is(200).json();
    assert_eq!(
        (&granted["inside"], &granted["minutes"]),
        (&json!(true), &json!(30))
    );
    let look = Ask::get(&globex.path("extensions"));
    world.operator(look).await.is(200);
    let seen = Ask::get(&globex.path("support"));
    let seen = world.tenant(globex, seen).await.is(200).json();
    assert_eq!(seen["inside"][0]["reason"], "calls to 102 fail");

    let end = format!("{all}/{}/end", asked.member("id"));
    let ended = world.tenant(globex, Ask::post(&end)).await.is(200).json();
    assert_eq!(ended["state"], "ended");
    let look = Ask::get(&globex.path("extensions"));
    world.operator(look).await.is(403);
    let listed = world.tenant(globex, Ask::get(&all)).await.is(200).json();
    assert!(listed["items"].as_array().unwrap().contains(&ended));
    world.tenant(globex, policy("open")).await.is(200);
}

/// Roles and people of the operator, of a reseller and of a company are all seen and changed.
async fn crews(world: &World) {
    let owners = [
        ("/api/v1".to_owned(), "operations"),
        (format!("/api/v1/resellers/{}", world.north.name), "support"),
        (
            format!("/api/v1/tenants/{}", world.acme.domain),
            "supervisor",
        ),
    ];
    for (base, fixed) in owners {
        let role = json!({"name": "night", "allow": ["extension.read"]});
        let user = json!({"mail": "Bo@Night.example", "role": fixed});
        for (list, name, spec) in [
            ("roles", "night", role),
            ("users", "bo@night.example", user),
        ] {
            let all = format!("{base}/{list}");
            let made = world.operator(Ask::post(&all).json(&spec)).await.is(201);
            let (one, location) = (format!("{all}/{name}"), made.header("location"));
            assert!(
                location.unwrap().ends_with(&made.member("id")),
                "{location:?}"
            );
            let found = Ask::get(&format!("{all}?filter=night"));
            let found = world.operator(found).await.is(200).json();
            assert_eq!(found["items"][0]["id"], made.json()["id"]);
            let patch = json!({"display_name": "Night"});
            let patch = Ask::patch(&one).if_match("\"1\"").json(&patch);
            world.operator(patch).await.is(200);
            let put = Ask::put(&one).if_match("\"2\"").json(&spec);
            let put = world.operator(put).await.is(200).json();
            assert_eq!(put["display_name"], "");
            let back = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 2}));
            world.operator(back).await.is(200);
            let shown = world.operator(Ask::get(&one)).await.is(200).json();
            assert_eq!(shown["display_name"], "Night");
            let history = Ask::get(&format!("{one}/history"));
            let history = world.operator(history).await.is(200).json();
            assert_eq!(history["items"].as_array().unwrap().len(), 4);
            world.operator(Ask::delete(&one)).await.is(204);
        }
    }
}

/// What is exported can be imported, and changes nothing; with a bad row nothing is changed either.
async fn sheets(world: &World) {
    let acme = &world.acme;
    for kind in [
        "extensions",
        "devices",
        "roles",
        "users",
        "webhooks",
        "holds",
    ] {
        let (export, import) = (format!("export/{kind}"), format!("import/{kind}"));
        let sheet = world.operator(Ask::get(&acme.path(&export))).await.is(200);
        assert_eq!(sheet.header("content-type"), Some("text/csv"));
        let again = Ask::post(&acme.path(&import)).body("text/csv", &sheet.body);
        let kept = world.operator(again).await.is(200).json();
        assert_eq!(
            (&kept["created"], &kept["changed"]),
            (&json!(0), &json!(0)),
            "{kind}"
        );
        assert!(kept["kept"].as_u64() > Some(0), "{kind}");
    }
    let sheet = b"username,extension\nacme-301,101\nacme-302,999\nacme 303,101\n";
    let trial = acme.path("import/devices?dry_run=true");
    let told = world
        .operator(Ask::post(&trial).body("text/csv", sheet))
        .await
        .is(200);
    let told = told.json();
    let bad = json!([
        {"line": 3, "column": "extension", "rule": "must be an existing extension"},
        {"line": 4, "column": "username", "rule": "must be 1 to 64 letters, digits or . _ -"},
    ]);
    assert_eq!((&told["applied"], &told["bad"]), (&json!(false), &bad));
    let real = Ask::post(&acme.path("import/devices")).body("text/csv", sheet);
    let refused = world.operator(real).await.refuses(api::Kind::Invalid);
    assert_eq!(refused.json()["rows"], bad);
    let good = b"username;extension\r\nacme-301;101\r\n";
    let good = Ask::post(&acme.path("import/devices")).body("text/csv", good);
    let good = good.with("Idempotency-Key", "sheet");
    let made = world.operator(good.clone()).await.is(200).json();
    assert_eq!(made["rows"][0]["secret"].as_str().map(str::len), Some(24));
    let again = world.operator(good).await.is(200).json();
    assert_eq!(
        (&again["created"], &again["rows"][0]["secret"]),
        (&json!(1), &json!(null))
    );
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
        "reseller": null, "plan": null, "caps": {}, "enabled": true,
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
    assert_eq!(history["items"][2]["spec"]["display_name"], "Initech");
    let usage = world
        .operator(Ask::get(&format!("{two}/usage")))
        .await
        .is(200)
        .json();
    assert_eq!(usage["caps"]["weight"], 7);
    assert_eq!(usage["caps"]["concurrent_calls"], 200);
    let none = json!({"have": 0, "included": null, "maximum": null});
    assert_eq!(
        (&usage["counts"]["devices"], &usage["calls"]),
        (&none, &0.into())
    );
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
    let who = Ask::get("/api/v1/whoami")
        .key(key)
        .send(world.address)
        .await
        .is(200)
        .json();
    assert_eq!(
        who,
        json!({
            "token": id, "user": null, "role": "tenant", "tenant": world.globex.id,
            "reseller": null
        })
    );
    let one = format!("/api/v1/tokens/{id}");
    let mut shown = world.operator(Ask::get(&one)).await.is(200).json();
    let listed = world
        .operator(Ask::get("/api/v1/tokens?tenant=globex.example"))
        .await
        .is(200);
    assert!(listed.json()["items"].as_array().unwrap().contains(&shown));
    world.operator(Ask::delete(&one)).await.is(204);
    world.operator(Ask::delete(&one)).await.is(204);
    shown["revoked"] = "2025-11-24T16:00:00.000Z".into();
    assert_eq!(world.operator(Ask::get(&one)).await.is(200).json(), shown);
    let who = Ask::get("/api/v1/whoami")
        .key(key)
        .send(world.address)
        .await;
    who.refuses(api::Kind::Unauthenticated);
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
}
