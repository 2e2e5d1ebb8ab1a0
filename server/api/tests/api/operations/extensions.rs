//! Extensions.

use serde_json::json;

use super::{used_by, users_of};
use crate::http::Ask;
use crate::world::World;

pub(super) async fn extensions(world: &World) {
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
        "ring_seconds": 5, "destination": "echo", "enabled": true, "external_number": null,
        "calls": ["internal", "local", "national", "mobile", "international"],
        "only_to": [], "never_to": [], "groups": [],
        "recording": {
            "calls": "none", "by_phone": false, "sides": "stereo", "kept_by": "exchange",
            "announce": "beep", "announce_to": "all", "beep_every": 0,
        },
        "conference": {"most_members": 50, "muted_at_first": false, "recording": "none"},
        "announcement": {"sound": null, "text": null, "again": true}, "on_hold": null,
        "language": null,
        "forwards": {"always": null, "busy": null, "no_answer": null, "unreachable": null},
        "lamps": {"list": [], "watched_by": null, "shows_other_party": true, "documents": "full"},
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
