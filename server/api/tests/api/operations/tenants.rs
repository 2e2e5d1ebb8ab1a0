//! Companies.

use serde_json::{Value, json};

use super::{used_by, users_of};
use crate::http::Ask;
use crate::world::World;

pub(super) async fn tenants(world: &World) {
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
        "mail_domains": [], "ladders": "failed", "texts_kept_days": 7, "captured": true,
        "dialling": null, "music_on_hold": true, "language": "en", "time_zone": "UTC",
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
