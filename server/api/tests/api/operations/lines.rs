//! Trunks, numbers and routes, and where calls would go.

use serde_json::{Value, json};

use super::{used_by, users_of};
use crate::http::Ask;
use crate::world::{CHAIN, World, rate_deck, signing_key};

/// A document comes, is looked at, changed, put back, and goes.
pub(super) async fn life(world: &World, all: &str, name: &str, (spec, change): (Value, Value)) {
    let made = Ask::post(all).json(&spec);
    world.operator(made).await.is(201);
    let one = format!("{all}/{name}");
    let listed = world.operator(Ask::get(all)).await.is(200).json();
    assert!(!listed["items"].as_array().unwrap().is_empty(), "{all}");
    world.operator(Ask::get(&one)).await.is(200);
    let changed = Ask::patch(&one).if_match("\"1\"").json(&change);
    let changed = world.operator(changed).await.is(200).json();
    assert_eq!(changed["revision"], 2, "{one}");
    let put = Ask::put(&one).if_match("\"2\"").json(&spec);
    world.operator(put).await.is(200);
    let history = Ask::get(&format!("{one}/history"));
    let history = world.operator(history).await.is(200).json();
    assert_eq!(history["items"].as_array().map(Vec::len), Some(3), "{one}");
    let back = Ask::post(&format!("{one}/rollback")).json(&json!({"revision": 2}));
    world.operator(back).await.is(200);
    assert!(used_by(world.operator(users_of(&one)).await).is_empty());
    world.operator(Ask::delete(&one)).await.is(204);
}

fn trunk() -> (Value, Value) {
    let spec = json!({"name": "fresh", "mode": "peer", "peers": ["sip:fresh.example"]});
    (spec, json!({"options_seconds": 30}))
}

/// What is known of a carrier makes a trunk, once what is asked has been said.
async fn presets(world: &World) {
    let known = world.operator(Ask::get("/api/v1/trunk_presets")).await;
    let known = known.is(200).json();
    let named = |name: &str| {
        let mut items = known["items"].as_array().unwrap().iter();
        items.find(|preset| preset["name"] == name).unwrap().clone()
    };
    let twilio = named("twilio");
    assert_eq!(twilio["asks"][0]["name"], "account");
    let mut spec = twilio["fills"].clone();
    assert_eq!(spec["peers"], json!(["sip:{account}.pstn.twilio.com"]));
    spec["name"] = json!("fresh");
    spec["peers"] = json!(["sip:acme.pstn.twilio.com"]);
    let made = Ask::post("/api/v1/trunks").json(&spec);
    world.operator(made).await.is(201);
    let gone = Ask::delete("/api/v1/trunks/fresh");
    world.operator(gone).await.is(204);
}

/// Of a trunk that was just made nothing is used.
async fn unused_trunk(world: &World, trunks: &str) {
    let (spec, _) = trunk();
    let made = Ask::post(trunks).json(&spec);
    world.operator(made).await.is(201);
    let usage = Ask::get(&format!("{trunks}/fresh/usage"));
    let usage = world.operator(usage).await.is(200).json();
    assert_eq!(
        (&usage["name"], &usage["each"]),
        (&json!("fresh"), &json!([]))
    );
    let quality = Ask::get(&format!("{trunks}/fresh/quality"));
    let quality = world.operator(quality).await.is(200).json();
    assert_eq!(quality, json!({"items": [], "next": null}));
    let gone = Ask::delete(&format!("{trunks}/fresh"));
    world.operator(gone).await.is(204);
}

pub(super) async fn lines(world: &World) {
    let acme = &world.acme;
    presets(world).await;
    unused_trunk(world, "/api/v1/trunks").await;
    let north = format!("/api/v1/resellers/{}/trunks", world.north.name);
    unused_trunk(world, &north).await;
    let own = Ask::get(&acme.path("trunk_usage"));
    let own = world.operator(own).await.is(200).json();
    assert_eq!(own["trunks"][0]["name"], "acme-line");
    let deck = || {
        (
            rate_deck("fresh"),
            json!({"first_seconds": 30, "each_seconds": 6}),
        )
    };
    life(world, "/api/v1/rate_decks", "fresh", deck()).await;
    let north = format!("/api/v1/resellers/{}/rate_decks", world.north.name);
    life(world, &north, "fresh", deck()).await;
    life(world, &acme.path("rate_decks"), "fresh", deck()).await;
    life(world, "/api/v1/trunks", "fresh", trunk()).await;
    let north = format!("/api/v1/resellers/{}/trunks", world.north.name);
    life(world, &north, "fresh", trunk()).await;
    life(world, &acme.path("trunks"), "fresh", trunk()).await;
    let number = json!({"number": "+493055580"});
    let number = (number, json!({"note": "a nice one"}));
    life(world, "/api/v1/numbers", "+493055580", number).await;
    let key = || {
        (
            signing_key("fresh"),
            json!({"x5u": "https://pbx.example/{id}"}),
        )
    };
    life(world, "/api/v1/signing_keys", "fresh", key()).await;
    let north = format!("/api/v1/resellers/{}/signing_keys", world.north.name);
    life(world, &north, "fresh", key()).await;
    life(world, &acme.path("signing_keys"), "fresh", key()).await;
    published(world).await;
    let hours = json!({"name": "fresh", "time_zone": "Europe/Berlin"});
    let hours = (hours, json!({"open": ["mon-fri 09:00-17:00"]}));
    life(world, &acme.path("schedules"), "fresh", hours).await;
    let place = json!({"name": "fresh", "civic": {"country": "FR", "a3": "Paris"}});
    let place = (place, json!({"confirmed": true}));
    life(world, &acme.path("emergency_locations"), "fresh", place).await;
    let site = json!({
        "name": "fresh", "location": "acme-place", "networks": ["198.51.100.0/24"],
    });
    let site = (site, json!({"networks": ["2001:db8::/48"]}));
    life(world, &acme.path("sites"), "fresh", site).await;
    let inbound = json!({
        "name": "fresh", "called": "+493055580", "extension": acme.number,
        "schedule": "acme-hours", "when": "closed",
    });
    let inbound = (inbound, json!({"priority": 7}));
    life(world, &acme.path("inbound_routes"), "fresh", inbound).await;
    let outbound = json!({
        "name": "fresh", "patterns": [{"prefix": "9"}], "trunks": ["acme-line"],
        "order": "least_cost", "floor": {"answer_percent": 40},
    });
    let outbound = (outbound, json!({"strip": 1, "floor": {"mos_x100": 350}}));
    life(world, &acme.path("outbound_routes"), "fresh", outbound).await;
    let guard = json!({
        "name": "fresh", "schedule": "acme-hours", "when": "closed",
        "budget": {"limits": {"calls_at_once": 0}},
    });
    let guard = (guard, json!({"enabled": false}));
    life(world, &acme.path("toll_guards"), "fresh", guard).await;
    released(world).await;
    explained(world).await;
    replayed(world).await;
    contained(world).await;
    helped(world).await;
}

/// Anybody reads the certificates of a key, and nothing else of it; whoever has it never reads the
/// key itself again, and cannot put a key that is another's in its place.
async fn published(world: &World) {
    let path = format!("/.well-known/stir/{}.pem", world.acme.signing);
    let found = Ask::get(&path).send(world.address).await.is(200);
    assert_eq!(found.text(), CHAIN);
    let kind = Some("application/pem-certificate-chain");
    assert_eq!(found.header("content-type"), kind);
    for nothing in [
        "sgk_00000000000000000000000000.pem",
        "acme-key.pem",
        "acme-key",
    ] {
        let path = format!("/.well-known/stir/{nothing}");
        Ask::get(&path).send(world.address).await.is(404);
    }
    let one = world.acme.path("signing_keys/acme-key");
    let shown = world.operator(Ask::get(&one)).await.is(200);
    assert!(!shown.text().contains("PRIVATE"), "{}", shown.text());
    let other = "-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy\n\
        qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW\n\
        ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh\n\
        -----END PRIVATE KEY-----\n";
    for (secret, rule) in [
        (
            other,
            "must be the private key of the first of the certificates",
        ),
        ("hunter22", "must be a private key of P-256 in PEM"),
    ] {
        let set = Ask::patch(&one)
            .if_match("*")
            .json(&json!({"secret": secret}));
        let refused = world.operator(set).await.is(422);
        assert!(refused.text().contains("/secret"), "{}", refused.text());
        assert!(refused.text().contains(rule), "{}", refused.text());
    }
}

/// Where a call for help would be from, and what the report says of each telephone.
async fn helped(world: &World) {
    let acme = &world.acme;
    let path = acme.path("routes:explain");
    let asks = |body: Value| world.tenant(acme, Ask::post(&path).json(&body));
    let question = json!({
        "extension": acme.number, "called": "112", "source": "203.0.113.5",
    });
    let told = asks(question).await.is(200).json();
    assert_eq!(told["emergency"]["location"], "acme-place");
    assert_eq!(told["emergency"]["number"], "112");
    assert_eq!(told["steps"][0]["trunk"], "acme-line");
    let elsewhere = json!({"extension": acme.number, "called": "112"});
    let told = asks(elsewhere).await.is(200).json();
    assert_eq!(told["emergency"]["location"], Value::Null);
    let odd = [
        json!({"extension": acme.number, "called": "112", "source": "here"}),
        json!({"extension": acme.number, "called": "112", "device": "nobody"}),
        json!({"trunk": "acme-line", "called": "112", "source": "203.0.113.5"}),
    ];
    for odd in odd {
        asks(odd).await.refuses(api::Kind::Invalid);
    }
    let report = Ask::get(&acme.path("emergency_report"));
    let report = world.tenant(acme, report).await.is(200).json();
    assert_eq!(report["without_location"], 1, "{report}");
    assert_eq!(report["phones"][0]["username"], acme.username);
    assert_eq!(report["phones"][0]["trunks"], json!(["acme-line"]));
    assert_eq!(report["calls"], json!([]));
}

/// A device is contained once, by hand too, and whoever deletes that releases it: both are told.
async fn released(world: &World) {
    let acme = &world.acme;
    let body = json!({"name": "twice", "device": acme.username});
    let twice = Ask::post(&acme.path("containments")).json(&body);
    world.tenant(acme, twice).await.is(409);
    let path = acme.path("containments/acme-held");
    world.tenant(acme, Ask::delete(&path)).await.is(204);
    let body = json!({"name": "acme-held", "device": acme.username, "reason": "stolen"});
    let body = (body, json!({"until": "2031-12-24T10:00:00.000Z"}));
    life(world, &acme.path("containments"), "acme-held", body).await;
    let events = world
        .tenant(acme, Ask::get(&acme.path("events")))
        .await
        .is(200);
    for kind in ["fraud.contained", "fraud.released"] {
        assert!(events.text().contains(kind), "{}", events.text());
    }
}

/// A device is contained by hand, and whoever asks is told that it calls nobody outside.
async fn contained(world: &World) {
    let acme = &world.acme;
    let body = json!({"name": "acme-held", "device": acme.username});
    let held = Ask::post(&acme.path("containments")).json(&body);
    world.tenant(acme, held).await.is(201);
    let question = json!({"extension": acme.number, "called": "0123456"});
    let asked = Ask::post(&acme.path("routes:explain")).json(&question);
    let told = world.tenant(acme, asked).await.is(200).json();
    assert_eq!(told["steps"][0]["status"], 403, "{told}");
    let reasons = told["reasons"].as_array().unwrap();
    assert_eq!(reasons.last().unwrap()["rule"], "fraud.contained", "{told}");
}

/// A number that is assigned is the company's, and shown in its calls.
async fn explained(world: &World) {
    let acme = &world.acme;
    let number = json!({
        "number": "+493055581", "tenant": acme.domain, "state": "assigned",
    });
    let number = Ask::post("/api/v1/numbers").json(&number);
    world.operator(number).await.is(201);
    let lines = Ask::get(&acme.path("lines"));
    let lines = world.tenant(acme, lines).await.is(200).json();
    assert_eq!(lines["trunks"][0]["name"], "acme-line");
    assert_eq!(lines["numbers"][0]["number"], "+493055581");
    let question = json!({"extension": acme.number, "called": "0123456"});
    let asked = Ask::post(&acme.path("routes:explain")).json(&question);
    let told = world.tenant(acme, asked).await.is(200).json();
    assert_eq!(
        (&told["steps"][0]["trunk"], &told["steps"][0]["identity"]),
        (&json!("acme-line"), &json!("+493055581"))
    );
    let odd = json!({"extension": acme.number, "called": "0", "at": "yesterday"});
    let odd = Ask::post(&acme.path("routes:explain")).json(&odd);
    world.tenant(acme, odd).await.refuses(api::Kind::Invalid);
    let without = Ask::post(&acme.path("routes:explain")).json(&json!({"called": "0"}));
    world
        .tenant(acme, without)
        .await
        .refuses(api::Kind::Invalid);
    handed_on(world).await;
    let gone = Ask::delete("/api/v1/numbers/+493055581");
    world.operator(gone).await.is(204);
}

/// The company's one call would go as it went; by a proposal it would not, which is told and not
/// done.
async fn replayed(world: &World) {
    let acme = &world.acme;
    let path = acme.path("routes:replay");
    let ask = |more: Value| {
        let mut body = json!({"until": "2025-11-24T18:00:00Z"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        world.tenant(acme, Ask::post(&path).json(&body))
    };
    let own = format!("{}/{}", acme.path("extensions"), acme.number);
    let before = world.operator(Ask::get(&own)).await.is(200).json();
    let same = ask(json!({})).await.is(200).json();
    let sums = json!({
        "calls": 1, "same": 1, "different": {}, "help_stopped": 0, "not_replayed": {},
    });
    assert_eq!(same["sums"], sums, "{same}");
    assert_eq!(same["since"], "2025-11-23T18:00:00.000Z");
    let document = json!({
        "kind": "extension", "in": acme.domain,
        "spec": {"number": acme.number, "enabled": false},
    });
    let with = json!({"with": {"strowger": 1, "documents": [document]}});
    let told = ask(with).await.is(200).json();
    let differs = &told["differences"][0];
    assert_eq!(differs["call"]["cdr"], json!(acme.cdr), "{told}");
    assert_eq!(differs["change"], "lost");
    assert_eq!(differs["present"]["in_words"], json!(["connect to echo"]));
    assert_eq!(differs["proposed"]["in_words"], json!(["refuse with 403"]));
    assert_eq!(
        differs["proposed"]["differing"][0]["rule"],
        "caller.disabled"
    );
    let after = world.operator(Ask::get(&own)).await.is(200).json();
    assert_eq!(before, after, "nothing is changed");
    let page = ask(json!({"limit": 1})).await.is(200).json();
    if let Some(next) = page["next"].as_str() {
        let rest = ask(json!({"after": next})).await.is(200).json();
        assert_eq!(rest["sums"]["calls"], 0);
    }
    for (odd, field) in [
        (json!({"since": "yesterday"}), "/since"),
        (json!({"since": "2031-01-01T00:00:00Z"}), "/since"),
        (json!({"limit": 501}), "/limit"),
        (json!({"after": "x"}), "/after"),
        (
            json!({"without": [{"kind": "cat", "name": "tom"}]}),
            "/without/0/kind",
        ),
        (
            json!({"without": [{"kind": "extension", "name": "999"}]}),
            "/without/0/name",
        ),
        (
            json!({"with": {"strowger": 2, "documents": []}}),
            "/with/strowger",
        ),
    ] {
        let refused = ask(odd).await.refuses(api::Kind::Invalid);
        assert_eq!(refused.blames(), field);
    }
}

/// A number that was read is put back as it is, and with another company.
async fn handed_on(world: &World) {
    let path = "/api/v1/numbers/+493055581";
    let read = world.operator(Ask::get(path)).await.is(200).json();
    let back = Ask::put(path).if_match("*").json(&read);
    let same = world.operator(back).await.is(200).json();
    assert_eq!(same["tenant"], read["tenant"]);
    let mut moved = same;
    moved["tenant"] = json!(world.globex.domain);
    let moved = Ask::put(path).if_match("*").json(&moved);
    let moved = world.operator(moved).await.is(200).json();
    assert_eq!(moved["tenant"], json!(world.globex.id));
    let mine = Ask::get(&world.acme.path("lines"));
    let mine = world.tenant(&world.acme, mine).await.is(200).json();
    assert_eq!(mine["numbers"], json!([]));
}
