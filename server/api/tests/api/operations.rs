//! Every operation does its work.

mod accounts;
mod crews;
mod devices;
mod doors;
mod extensions;
mod facts;
mod faxes;
mod keys;
mod lines;
mod platform;
mod privacy;
mod recordings;
mod sheets;
mod sounds;
mod support;
mod tenants;
mod usage;
mod webhooks;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::archives;
use crate::http::{Ask, Reply};
use crate::openapi::described;
use crate::passkeys;
use crate::people;
use crate::sign_on;
use crate::world::{World, world_with};

#[tokio::test]
async fn every_operation_of_the_list_does_its_work() {
    let world = patient_world().await;
    work(&world).await;
    let listed: BTreeSet<String> = described().into_iter().map(|one| one.name).collect();
    let done: BTreeSet<String> = world.done().into_iter().map(str::to_owned).collect();
    assert_eq!(done, listed);
}

/// A world in which so many questions do not meet the rate of the operator's key, nor so many wrong
/// keys that of their source.
pub(crate) async fn patient_world() -> World {
    world_with(api::Limits {
        operator_rate: 100_000,
        wrong_keys_rate: 100_000,
        ..api::Limits::default()
    })
    .await
}

/// Carries out every operation there is, at least once.
pub(crate) async fn work(world: &World) {
    // so many questions would meet the rate of a company's key
    let caps = json!({"caps": {"api_requests_per_second": 1_000_000_000}});
    let own = format!("/api/v1/tenants/{}", world.acme.id);
    let patient = Ask::patch(&own).if_match("*").json(&caps);
    world.operator(patient).await.is(200);
    accounts::accounts(world).await;
    tenants::tenants(world).await;
    extensions::extensions(world).await;
    devices::devices(world).await;
    lines::lines(world).await;
    facts::facts(world).await;
    webhooks::events(world).await;
    webhooks::webhooks(world).await;
    sheets::sheets(world).await;
    sounds::sounds(world).await;
    recordings::recordings(world).await;
    faxes::faxes(world).await;
    crews::crews(world).await;
    doors::doors(world).await;
    support::support(world).await;
    keys::keys(world).await;
    platform::platform(world).await;
    platform::sealing(world).await;
    platform::bans(world).await;
    platform::certificates(world).await;
    // from now on other companies have people with the same addresses
    archives::day(world).await;
    // these let time pass
    people::day(world).await;
    people::crews(world).await;
    passkeys::day(world).await;
    sign_on::day(world).await;
    privacy::privacy(world).await;
}

/// The question who refers to what a path names.
fn users_of(one: &str) -> Ask {
    Ask::get(&format!("{one}/used-by"))
}

/// Who refers to it, each as `kind name field`.
fn used_by(reply: Reply) -> Vec<String> {
    let page = reply.is(200).json();
    let word = |user: &Value, member: &str| user[member].as_str().unwrap().to_owned();
    let items = page["items"].as_array().unwrap().iter();
    let line = |user| {
        ["kind", "name", "field"]
            .map(|member| word(user, member))
            .join(" ")
    };
    items.map(line).collect()
}
