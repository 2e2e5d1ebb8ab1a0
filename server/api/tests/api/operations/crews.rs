//! Roles and people of every level.

use serde_json::json;

use crate::http::Ask;
use crate::world::World;

/// Roles and people of the operator, of a reseller and of a company are all seen and changed.
pub(super) async fn crews(world: &World) {
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
            let users = world.operator(Ask::get(&format!("{one}/used-by")));
            assert_eq!(users.await.is(200).json()["items"], json!([]));
            world.operator(Ask::delete(&one)).await.is(204);
        }
    }
}
