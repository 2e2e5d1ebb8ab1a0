//! Recordings: found, fetched with a trace of it, and removed when nothing holds them.

use domain::{Recording, RecordingState};
use ids::RecordingId;
use serde_json::{Value, json};
use tenancy::TenantScope;

use crate::archives::unchunked;
use crate::http::Ask;
use crate::world::{World, recorded, said_in};

/// The path of acme's recordings, or of something below it.
fn path(world: &World, rest: &str) -> String {
    world.acme.path(&format!("recordings{rest}"))
}

async fn get(world: &World, rest: &str) -> Value {
    let ask = Ask::get(&path(world, rest));
    world.tenant(&world.acme, ask).await.is(200).json()
}

pub(super) async fn recordings(world: &World) {
    let one = format!("/{}", world.acme.recording);
    listed(world, &one).await;
    fetched(world, &one).await;
    running(world).await;
    held_and_removed(world).await;
}

async fn listed(world: &World, one: &str) {
    let acme = &world.acme;
    let shown = get(world, one).await;
    assert_eq!(shown["id"], json!(acme.recording.to_string()));
    assert_eq!(
        (&shown["caller"], &shown["called"]),
        (&json!("101"), &json!("*43"))
    );
    assert_eq!(
        (&shown["lasts_ms"], &shown["octets"]),
        (&json!(1_500), &json!(6_000))
    );
    assert_eq!(shown["state"], "finished");
    assert_eq!(
        (&shown["sides"], &shown["paused"]),
        (&json!("stereo"), &json!(false))
    );
    assert!(shown.get("key").is_none(), "the key is nobody's to see");
    let all = get(world, "").await;
    assert_eq!(all, json!({"items": [shown], "next": null}));
    let call = shown["call"].as_str().unwrap();
    assert_eq!(get(world, &format!("?call={call}")).await, all);
    let other = get(world, &format!("?call={}", acme.call)).await;
    assert_eq!(other["items"], json!([]));
    assert_eq!(
        (&shown["source"], &shown["conference"]),
        (&json!("call"), &Value::Null)
    );
    // one of a call is of no conference, whose number or id it may be asked for by, be it there or
    // not
    for named in ["101", "ext_01hg5z3r8k0000000000000000", "nobody"] {
        let none = get(world, &format!("?conference={named}")).await;
        assert_eq!(none["items"], json!([]));
    }
    let odd = Ask::get(&path(world, "?call=101"));
    let odd = world.tenant(acme, odd).await;
    odd.refuses(api::Kind::InvalidParameter);
    let odd = Ask::get(&path(world, "/rec"));
    world.tenant(acme, odd).await.refuses(api::Kind::NotFound);
}

/// Entries of acme's trail with this action.
async fn noted(world: &World, action: &str) -> Vec<Value> {
    let ask = Ask::get(&world.acme.path("audit?limit=500"));
    let trail = world.tenant(&world.acme, ask).await.is(200).json();
    let entries = trail["items"].as_array().unwrap().iter();
    let entries = entries.filter(|entry| entry["action"] == action);
    entries.cloned().collect()
}

async fn fetched(world: &World, one: &str) {
    let acme = &world.acme;
    assert_eq!(noted(world, "recording.heard").await.len(), 0);
    let said = said_in("acme");
    let ask = Ask::get(&path(world, &format!("{one}/sound")));
    let sound = world.tenant(acme, ask).await.is(200);
    assert_eq!(sound.header("content-type"), Some("audio/ogg"));
    let file = format!("attachment; filename=\"{}.ogg\"", acme.recording);
    assert_eq!(sound.header("content-disposition"), Some(file.as_str()));
    assert_eq!(unchunked(&sound), Some(said.clone()));
    let ask = Ask::get(&path(world, &format!("{one}/wave")));
    let wave = world.operator(ask).await.is(200);
    assert_eq!(wave.header("content-type"), Some("audio/wav"));
    assert_eq!(unchunked(&wave), Some([b"RIFF", said.as_slice()].concat()));
    let ask = Ask::get(&path(world, &format!("{one}/mp3")));
    let mp3 = world.operator(ask.clone()).await.is(200);
    assert_eq!(mp3.header("content-type"), Some("audio/mpeg"));
    let frames = [&[0xff, 0xf3], said.as_slice()].concat();
    assert_eq!(unchunked(&mp3), Some(frames));
    world.shelf.make_mp3(false);
    let refused = world.operator(ask).await;
    let refused = refused.refuses(api::Kind::Unavailable).json();
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("there is no encoder"), "{detail}");
    world.shelf.make_mp3(true);
    let noted = noted(world, "recording.heard").await;
    assert_eq!(
        noted.len(),
        3,
        "each time is noted, and what was not heard is not"
    );
    let actors = [&noted[0]["actor"], &noted[1]["actor"]];
    assert_ne!(actors[0], actors[1], "with who it was");
    for entry in &noted {
        assert_eq!(entry["target"], json!(acme.recording.to_string()));
        assert_eq!(entry["after"]["caller"], "101");
    }
}

/// A recording that still runs is heard as far as it has come, and is not removed.
async fn running(world: &World) {
    let acme = &world.acme;
    let scope = TenantScope::for_job(acme.id, "test");
    let known = world.store.recording(&scope, acme.recording).await;
    let running = Recording {
        id: RecordingId::from_u128(acme.recording.as_u128() + (1 << 30)),
        state: RecordingState::Running,
        ..known.unwrap().unwrap()
    };
    world.shelf.put(&running, b"OggS".to_vec());
    let written = world.store.write_recordings(vec![running.clone()]).await;
    assert_eq!(written, Ok(1));
    let one = format!("/{}", running.id);
    assert_eq!(get(world, &one).await["state"], "running");
    let ask = Ask::get(&path(world, &format!("{one}/sound")));
    let sound = world.tenant(acme, ask).await.is(200);
    assert_eq!(unchunked(&sound).unwrap(), b"OggS");
    without_hold(world, async || {
        let ask = Ask::delete(&path(world, &one));
        world.tenant(acme, ask).await.refuses(api::Kind::Running);
    })
    .await;
    let silent = Recording {
        id: RecordingId::from_u128(running.id.as_u128() + (1 << 30)),
        ..running.clone()
    };
    let written = world.store.write_recordings(vec![silent.clone()]).await;
    assert_eq!(written, Ok(1));
    let ask = Ask::get(&path(world, &format!("/{}/sound", silent.id)));
    world.tenant(acme, ask).await.refuses(api::Kind::NotFound);
    let both = vec![running.id, silent.id];
    let removed = world.store.remove_recordings(&scope, both).await;
    assert_eq!(removed, Ok(2));
}

/// Does something while nothing of acme is held.
pub(super) async fn without_hold(world: &World, act: impl AsyncFnOnce()) {
    let holds = world.acme.path("holds");
    let case = Ask::get(&format!("{holds}/acme-case"));
    let case = world.operator(case).await.is(200).json();
    let release = Ask::delete(&format!("{holds}/acme-case"));
    world.operator(release).await.is(204);
    act().await;
    let again = json!({"name": case["name"], "reason": case["reason"]});
    let again = Ask::post(&holds).json(&again);
    world.operator(again).await.is(201);
}

async fn held_and_removed(world: &World) {
    let acme = &world.acme;
    let id = RecordingId::from_u128(acme.recording.as_u128() + 1);
    let kept = (&*world.store, &*world.shelf);
    recorded(kept, (acme.id, id, acme.call), ("acme", "101")).await;
    let one = path(world, &format!("/{id}"));
    let held = world.tenant(acme, Ask::delete(&one)).await;
    let held = held.refuses(api::Kind::InUse).json();
    assert_eq!(held["in_use"]["by"][0]["name"], "acme-case");
    without_hold(world, async || {
        world.tenant(acme, Ask::delete(&one)).await.is(204);
    })
    .await;
    let again = world.tenant(acme, Ask::delete(&one)).await;
    again.refuses(api::Kind::NotFound);
    let gone = world.tenant(acme, Ask::get(&format!("{one}/sound"))).await;
    gone.refuses(api::Kind::NotFound);
    let noted = noted(world, "recording.removed").await;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0]["target"], json!(id.to_string()));
}
