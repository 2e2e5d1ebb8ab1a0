//! A reseller's key, and what its sibling has.

use api::Limits;
use serde_json::json;

use super::stranger::bare;
use super::{Names, ask, filled, names_next_to, names_of_account, said};
use crate::http::Ask;
use crate::openapi::described;
use crate::world::{world, world_with};

/// What a sibling reseller's key is told of another's is what it is told of what never was: for
/// every operation, in the path and in the body.
#[tokio::test]
async fn a_sibling_resellers_names_are_names_of_nothing() {
    // so many questions would meet the rate of an account's key
    let limits = Limits {
        operator_rate: 1_000_000_000,
        ..Limits::default()
    };
    let world = world_with(limits).await;
    let (north, south) = (&world.north, &world.south);
    let theirs = names_of_account(north);
    let mut nobodys = names_next_to(&north.company, north.token);
    // two names of the same form that nothing ever had
    nobodys.resellers[1] = "nortk".to_owned();
    let own = names_of_account(south);
    let mut tried = 0;
    for operation in described() {
        let named = operation.path.contains('{');
        for which in [0, 1] {
            let same = operation.body.as_ref().is_none_or(|schema| {
                said(&operation, schema, &theirs, which)
                    == said(&operation, schema, &nobodys, which)
            });
            // names that everybody may give to his own, such as that of a plan, are not theirs
            if operation.path.contains("{plan}") && which == 1 || !named && same {
                continue;
            }
            // sources and hosts are no account's: what a reseller lacks there is the permission
            if ["{source}", "{host}"]
                .iter()
                .any(|own| operation.path.contains(own))
            {
                continue;
            }
            let home = if named { None } else { Some(&own) };
            let told = async |names: &Names| {
                let path = filled(&operation.path, home.unwrap_or(names), which, None);
                let sent = ask(&operation, &path, names, which);
                bare(sent.key(&south.key).send(world.address).await)
            };
            let (of_theirs, of_nobodys) = (told(&theirs).await, told(&nobodys).await);
            let what = format!("{} {} {which}", operation.method, operation.path);
            let (status, text) = (of_theirs.status, of_theirs.text());
            assert_eq!(of_theirs, of_nobodys, "{what} tells what a sibling has");
            assert!([404, 422].contains(&status), "{what}: {status} {text}");
            assert!(!text.contains("canary of north"), "{what}");
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

#[tokio::test]
async fn a_reseller_lists_exactly_what_lies_below_it() {
    let world = world().await;
    let (north, south) = (&world.north, &world.south);
    for (account, other) in [(north, south), (south, north)] {
        for list in ["tenants", "resellers", "plans", "tokens", "audit"] {
            let ask = Ask::get(&format!("/api/v1/{list}")).key(&account.key);
            let reply = ask.send(world.address).await.is(200);
            for name in [
                other.id.to_string(),
                other.company.id.to_string(),
                world.acme.domain.clone(),
            ] {
                assert!(
                    !reply.text().contains(&name),
                    "{list} of {}: {}",
                    account.name,
                    reply.text()
                );
            }
        }
        let tenants = Ask::get("/api/v1/tenants").key(&account.key);
        let tenants = tenants.send(world.address).await.json();
        assert_eq!(tenants["items"].as_array().unwrap().len(), 1);
        assert_eq!(tenants["items"][0]["id"], json!(account.company.id));
        // it works in its company as the operator does
        let extensions = Ask::get(&account.company.path("extensions")).key(&account.key);
        let extensions = extensions.send(world.address).await.is(200).json();
        assert_eq!(extensions["items"].as_array().unwrap().len(), 1);
        let audit = world
            .operator(Ask::get(&account.company.path("audit")))
            .await
            .json();
        let entered = audit["items"].as_array().unwrap().iter();
        assert!(
            entered
                .clone()
                .any(|entry| entry["action"] == "tenant.entered")
        );
    }
}

#[tokio::test]
async fn a_disabled_resellers_keys_open_nothing_and_neither_do_those_below_it() {
    let world = world().await;
    let north = &world.north;
    let below = world
        .operator(Ask::post("/api/v1/resellers").json(&json!({"name": "oslo", "parent": "north"})))
        .await
        .is(201);
    let key = json!({"name": "oslo", "reseller": below.member("id")});
    let key = world
        .operator(Ask::post("/api/v1/tokens").json(&key))
        .await
        .is(201);
    let asks = async |key: &str| {
        let ask = Ask::get("/api/v1/tenants").key(key);
        ask.send(world.address).await.status
    };
    let keys = [north.key.clone(), key.member("key")];
    for key in &keys {
        assert_eq!(asks(key).await, 200);
    }
    let path = format!("/api/v1/resellers/{}", north.name);
    let off = Ask::patch(&path)
        .if_match("*")
        .json(&json!({"enabled": false}));
    world.operator(off).await.is(200);
    for key in &keys {
        assert_eq!(asks(key).await, 401);
    }
    // its companies go on
    let own = Ask::get(&north.company.path("extensions"));
    world.tenant(&north.company, own).await.is(200);
}
