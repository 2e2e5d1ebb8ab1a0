//! What a company's plan leaves out is refused, and is there again when the plan says so.

use api::Kind;
use serde_json::{Value, json};

use crate::http::Ask;
use crate::world::{World, world};

/// Sells acme a plan that leaves these out; the second time the plan is changed.
async fn leave_out(world: &World, features: &[&str]) {
    let plan = json!({ "name": "small", "without": features });
    let made = world.operator(Ask::post("/api/v1/plans").json(&plan)).await;
    if made.status == 201 {
        let sold = Ask::patch(&format!("/api/v1/tenants/{}", world.acme.id));
        let sold = sold.if_match("*").json(&json!({ "plan": "small" }));
        world.operator(sold).await.is(200);
        return;
    }
    let changed = Ask::put("/api/v1/plans/small").if_match("*").json(&plan);
    let changed = world.operator(changed).await.is(200).json();
    assert_eq!(
        changed["without"].as_array().map_or(0, Vec::len),
        features.len()
    );
}

/// Asks as the company; refused for want of the feature, and nothing else.
async fn is_left_out(world: &World, feature: &str, ask: Ask) {
    let refused = world
        .tenant(&world.acme, ask)
        .await
        .refuses(Kind::NotInPlan);
    let problem: Value = refused.json();
    assert_eq!(problem["status"], 403);
    assert_eq!(
        problem["detail"],
        format!("the plan does not include {feature}")
    );
}

#[tokio::test]
async fn what_a_plan_leaves_out_is_refused_until_the_plan_has_it_again() {
    let world = world().await;
    let acme = &world.acme;
    let sheet = || {
        let rows = "number,ring_seconds\n150,20\n".as_bytes().to_vec();
        Ask::post(&acme.path("import/extensions")).body("text/csv", &rows)
    };
    let hook = || {
        let spec = json!({ "name": "late", "url": "https://late.example/" });
        Ask::post(&acme.path("webhooks")).json(&spec)
    };
    let stream = || Ask::get(&acme.path("events/stream"));
    let export = || Ask::get(&acme.path("export/extensions"));
    leave_out(&world, &["sheets", "event_streams", "webhooks"]).await;
    is_left_out(&world, "sheets", sheet()).await;
    is_left_out(&world, "sheets", export()).await;
    is_left_out(&world, "event_streams", stream()).await;
    is_left_out(&world, "webhooks", hook()).await;
    world
        .tenant(acme, Ask::get(&acme.path("events")))
        .await
        .is(200);
    let known = Ask::get(&acme.path("webhooks"));
    world.tenant(acme, known).await.is(200);
    let neighbour = Ask::get(&world.globex.path("export/extensions"));
    world.tenant(&world.globex, neighbour).await.is(200);

    leave_out(&world, &[]).await;
    world.tenant(acme, sheet()).await.is(200);
    world.tenant(acme, export()).await.is(200);
    world.tenant(acme, hook()).await.is(201);
    world.tenant(acme, stream()).await.is(200);
}

#[tokio::test]
async fn a_plan_without_api_keys_shuts_the_companys_keys_out_and_nobody_else() {
    let world = world().await;
    let list = || Ask::get(&world.acme.path("extensions"));
    leave_out(&world, &["api_keys"]).await;
    is_left_out(&world, "api_keys", list()).await;
    world.operator(list()).await.is(200);
    let neighbour = Ask::get(&world.globex.path("extensions"));
    world.tenant(&world.globex, neighbour).await.is(200);
    let stranger = world.tenant(&world.globex, list()).await;
    stranger.refuses(Kind::NotFound);
    leave_out(&world, &[]).await;
    world.tenant(&world.acme, list()).await.is(200);
}

#[tokio::test]
async fn a_plan_that_leaves_out_what_there_is_not_is_refused() {
    let world = world().await;
    let plan = json!({ "name": "odd", "without": ["teleportation"] });
    let refused = world.operator(Ask::post("/api/v1/plans").json(&plan)).await;
    refused.refuses(Kind::Invalid);
}

#[tokio::test]
async fn a_company_whose_plan_has_no_api_keys_is_given_none() {
    let world = world().await;
    let new = || {
        let key = json!({ "name": "crm", "tenant": world.acme.id });
        Ask::post("/api/v1/tokens").json(&key)
    };
    leave_out(&world, &["api_keys"]).await;
    world.operator(new()).await.refuses(Kind::NotInPlan);
    leave_out(&world, &[]).await;
    world.operator(new()).await.is(201);
}

#[tokio::test]
async fn a_refusal_for_want_of_room_says_how_many_and_by_whose_word() {
    let world = world().await;
    let acme = &world.acme;
    let usage = || async {
        let usage = world.tenant(acme, Ask::get(&acme.path("usage"))).await;
        usage.is(200).json()["counts"]["extensions"].clone()
    };
    let have = usage().await["in_use"].as_u64().unwrap();
    leave_out(&world, &[]).await;
    let sell = |most: u64| {
        let plan = json!({ "name": "small", "maximum": { "extensions": most } });
        let changed = Ask::put("/api/v1/plans/small").if_match("*").json(&plan);
        world.operator(changed)
    };
    let add = |number: &str| {
        let add = Ask::post(&acme.path("extensions")).json(&json!({ "number": number }));
        world.tenant(acme, add)
    };
    sell(have + 1).await.is(200);
    add("801").await.is(201);
    let full = json!({
        "in_use": have + 1, "included": null, "limit": have + 1, "set_by": "plan",
    });
    assert_eq!(usage().await, full);
    let refused = add("802").await.refuses(Kind::Quota).json();
    let figures = json!({
        "what": "extensions", "limit": have + 1, "set_by": "plan", "in_use": have + 1, "wanted": 1,
    });
    assert_eq!(refused["quota"], figures);
    let most = have + 1;
    let said = format!("extensions: limit {most} by the plan, in use {most}");
    assert_eq!(refused["detail"], said);
    sell(have + 2).await.is(200);
    add("802").await.is(201);
}

#[tokio::test]
async fn what_each_cap_is_and_by_whose_word_is_shown_beside_what_is_used() {
    let world = world().await;
    leave_out(&world, &[]).await;
    let one = format!("/api/v1/tenants/{}", world.acme.id);
    let own = json!({ "caps": { "api_requests_per_second": 1 } });
    let own = Ask::patch(&one).if_match("*").json(&own);
    world.operator(own).await.is(200);
    let mut refused = 0;
    for _ in 0..100 {
        let ask = Ask::get(&world.acme.path("calls"));
        refused += u64::from(world.tenant(&world.acme, ask).await.status == 429);
    }
    assert!(refused > 0);
    let usage = world.operator(Ask::get(&format!("{one}/usage"))).await;
    let caps = usage.is(200).json()["caps"].clone();
    let api = &caps["api_requests_per_second"];
    assert_eq!(
        (&api["limit"], &api["set_by"]),
        (&json!(1), &json!("tenant"))
    );
    assert_eq!(api["refused"], refused);
    assert_eq!(caps["bindings"]["set_by"], "plan");
    assert_eq!(caps["cdr_days"]["in_use"], Value::Null);
    let names: Vec<&String> = caps.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 8);
}
