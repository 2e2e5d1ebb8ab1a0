//! Resellers and plans.

use serde_json::json;

use super::{usage, used_by, users_of};
use crate::http::Ask;
use crate::world::World;

/// A reseller sells a plan to a company, and everything about all three is seen and changed.
pub(super) async fn accounts(world: &World) {
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
