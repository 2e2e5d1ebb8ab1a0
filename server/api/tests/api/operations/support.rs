//! Support access: asking, letting in, sending out.

use serde_json::json;

use crate::http::Ask;
use crate::world::World;

/// Those above ask to be let in; the company lets them in and out again.
pub(super) async fn support(world: &World) {
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
