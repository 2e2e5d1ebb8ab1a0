//! What happens in a company: calls, registrations, usage, audit.

use ids::CallId;
use serde_json::{Value, json};

use crate::exchange;
use crate::http::Ask;
use crate::world::World;

/// An ended call has a ladder once one is kept, and not before.
async fn kept_ladder(world: &World, cdr: &Value) {
    let acme = &world.acme;
    let call: CallId = cdr["call"].as_str().unwrap().parse().unwrap();
    let path = acme.path(&format!("calls/{call}/ladder"));
    let none = world.tenant(acme, Ask::get(&path)).await;
    none.refuses(api::Kind::NotFound);
    let mut kept = exchange::ladder(acme.id, &exchange::call(call, "101", "*43"));
    kept.cdr = acme.cdr;
    world.store.write_ladders(vec![kept]).await.unwrap();
    let shown = world.tenant(acme, Ask::get(&path)).await.is(200).json();
    assert_eq!(shown["cdr"], acme.cdr.to_string());
    assert_eq!(shown["rungs"][0]["text"], "INVITE sip:*43 SIP/2.0\r\n\r\n");
}

pub(super) async fn facts(world: &World) {
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
    let ladder = get(&format!("calls/{}/ladder", acme.call)).await;
    assert_eq!(ladder["rungs"][0]["way"], "received");
    assert_eq!(ladder["rungs"][0]["remote"], "192.0.2.7:5062");
    let path = acme.path(&format!("calls/{}/ladder/drawing", acme.call));
    let drawn = world.tenant(acme, Ask::get(&path)).await.is(200);
    assert!(drawn.text().contains("INVITE"), "{}", drawn.text());
    let cdrs = get("cdrs").await;
    let cdr = get(&format!("cdrs/{}", acme.cdr)).await;
    assert_eq!(cdrs["items"], json!([cdr]));
    assert_eq!(
        (&cdr["talk_ms"], &cdr["end"]["by"]),
        (&1500.into(), &"caller".into())
    );
    let why = get(&format!("cdrs/{}/why", acme.cdr)).await;
    assert_eq!(why["explanation"][0]["rule"], "builtin.echo");
    kept_ladder(world, &cdr).await;
    second_by_second(world).await;
    summed_up(world).await;
    steered_recording(world).await;
    seated_member(world).await;
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

/// A member of a conference is muted, and coaches another.
async fn seated_member(world: &World) {
    let acme = &world.acme;
    let path = acme.path(&format!("calls/{}/seat", acme.call));
    let say = |seat: Value| Ask::put(&path).json(&seat);
    let there = world.live.conferences.lock().unwrap().remove(&acme.id);
    let nothing = world.tenant(acme, say(json!({}))).await;
    nothing.refuses(api::Kind::NotNow);
    let there = there.map(|there| (acme.id, there));
    world.live.conferences.lock().unwrap().extend(there);
    let seat = json!({"muted": true, "deaf": false, "gain_percent": 100, "coaches": null});
    let said = world.tenant(acme, say(json!({"muted": true}))).await;
    assert_eq!(said.is(200).json(), seat);
    let path = acme.path("conferences");
    let shown = world.tenant(acme, Ask::get(&path)).await.is(200).json();
    let conference = &shown["items"][0];
    assert_eq!(
        (&conference["number"], &conference["floor"]),
        (&json!("800"), &Value::Null)
    );
    let member = &conference["members"][0];
    assert_eq!(
        (&member["call"], &member["seat"]),
        (&json!(acme.call), &seat)
    );
    let loud = world.tenant(acme, say(json!({"gain_percent": 401}))).await;
    loud.refuses(api::Kind::Invalid);
    let own = world.tenant(acme, say(json!({"coaches": acme.call}))).await;
    own.refuses(api::Kind::Invalid);
}

/// How calls sound is told of a live one so far, and of an ended one with its record alone.
async fn second_by_second(world: &World) {
    let acme = &world.acme;
    let get = async |path: &str| {
        let ask = Ask::get(&acme.path(path));
        world.tenant(acme, ask).await.is(200).json()
    };
    let received = json!({
        "begin": "2025-11-24T16:00:00.000Z", "seconds": 1, "expected": [50, null, 50],
        "lost": [0, null, 10], "longest_loss": [0, null, 0], "jitter_ms": [2.5, null, 2.5],
        "round_trip_ms": null, "concealed": [0, null, 0], "mos_x100": [441, null, 250],
        "level": [31, null, 31], "clipped": [0, null, 0], "discarded_percent": null,
        "burst_loss_percent": null, "burst_ms": null, "own_mos_x100": null,
    });
    let reported = json!([{
        "kind": "session", "at": "2025-11-24T16:00:00.000Z", "loss_percent": 1.2,
        "discarded_percent": null, "burst_loss_percent": 25.0, "burst_ms": 80,
        "round_trip_ms": 40, "end_system_ms": 60, "jitter_ms": 2, "listening_mos_x100": 410,
        "conversation_mos_x100": 390,
    }]);
    let live = get(&format!("calls/{}/quality", acme.call)).await;
    assert_eq!(
        (&live["call"], &live["cdr"]),
        (&json!(acme.call), &Value::Null)
    );
    assert_eq!(live["legs"][0]["received"], received);
    assert_eq!(live["legs"][0]["sent"], Value::Null);
    assert_eq!(live["legs"][0]["reported"], reported);
    let kept = get(&format!("cdrs/{}/quality", acme.cdr)).await;
    assert_eq!(kept["cdr"], json!(acme.cdr));
    assert_eq!(kept["legs"][0]["party"]["number"], acme.number);
    assert_eq!(kept["legs"][0]["received"], received);
    assert_eq!(kept["legs"][0]["reported"], reported);
    let record = get(&format!("cdrs/{}", acme.cdr)).await;
    assert_eq!(record["legs"][0].get("timelines"), None);
    assert_eq!(record["legs"][0].get("reported"), None);
    let other = acme.path(&format!("calls/{}/quality", CallId::new(9, 9)));
    let none = world.tenant(acme, Ask::get(&other)).await;
    none.refuses(api::Kind::NotFound);
}

/// How calls sounded is summed up by hour, and by what they were of.
async fn summed_up(world: &World) {
    let acme = &world.acme;
    let get = async |query: &str| {
        let ask = Ask::get(&acme.path(&format!("quality{query}")));
        world.tenant(acme, ask).await
    };
    let hours = get("").await.is(200).json();
    let hour = json!({
        "hour": "2025-11-24T16:00:00.000Z", "value": null, "name": null, "calls": 1, "legs": 1,
        "seconds": 0, "scored": 0, "mos_x100": null, "worst_mos_x100": null, "poor_percent": null,
        "loss_percent": 10.0, "jitter_ms": 2.5, "round_trip_ms": null, "one_way": 0,
        "concealed": 0,
    });
    assert_eq!(hours["items"], json!([hour]));
    let codecs = get("?by=codec").await.is(200).json();
    let codec = &codecs["items"][0];
    assert_eq!(
        (&codec["value"], &codec["hour"], &codec["legs"]),
        (&json!("PCMA/8000"), &Value::Null, &json!(1))
    );
    let earlier = get("?until=2025-11-24T16:00:00Z").await.is(200).json();
    assert_eq!(earlier["items"], json!([]));
    for (query, blamed) in [
        ("?by=whole", "by"),
        ("?by=colour", "by"),
        ("?from=2020-01-01T00:00:00Z", "from"),
        ("?from=x", "from"),
    ] {
        let refused = get(query).await.refuses(api::Kind::InvalidParameter);
        assert_eq!(refused.blames(), blamed, "{query}");
    }
}

/// A live call is recorded, paused and no more.
async fn steered_recording(world: &World) {
    let acme = &world.acme;
    let path = acme.path(&format!("calls/{}/recording", acme.call));
    let say = |state: &str| Ask::put(&path).json(&json!({"state": state}));
    let nothing = world.tenant(acme, say("paused")).await;
    nothing.refuses(api::Kind::NotNow);
    for state in ["on", "paused", "on"] {
        let call = world.tenant(acme, say(state)).await.is(200).json();
        assert_eq!(call["recording"]["state"], *state);
        assert!(
            call["recording"]["id"]
                .as_str()
                .unwrap()
                .starts_with("rec_")
        );
    }
    let call = world.tenant(acme, say("off")).await.is(200).json();
    assert_eq!(call["recording"], Value::Null);
    let odd = world.tenant(acme, say("louder")).await;
    odd.refuses(api::Kind::Invalid);
}
