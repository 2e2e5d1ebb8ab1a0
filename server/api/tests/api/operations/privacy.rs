//! Persons, holds and erasure.

use serde_json::json;

use crate::http::Ask;
use crate::world::World;

/// A hold keeps a person and a company; once it is released both can be erased.
pub(super) async fn privacy(world: &World) {
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
    let users = Ask::get(&format!("{case}/used-by"));
    world.tenant(globex, users).await.is(200);
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
