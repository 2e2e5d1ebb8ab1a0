//! What an account takes from all who belong to somebody below it.

use api::Kind;
use serde_json::json;

use crate::http::{Ask, Reply};
use crate::people::{ann, with};
use crate::world::{Company, World, world};

async fn lower(world: &World, path: &str, deny: &[&str]) -> Reply {
    let ceiling = json!({"ceiling": {"deny": deny}});
    let ask = Ask::patch(&format!("/api/v1/{path}")).if_match("*");
    world.operator(ask.json(&ceiling)).await.is(200)
}

async fn hook(world: &World, company: &Company, key: &str, name: &str) -> Reply {
    let body = json!({"name": name, "url": "https://x.example"});
    let ask = Ask::post(&company.path("webhooks")).key(key).json(&body);
    ask.send(world.address).await
}

#[tokio::test]
async fn a_ceiling_cuts_the_keys_of_a_company_at_once_and_gives_back_at_once() {
    let world = world().await;
    let (acme, globex) = (&world.acme, &world.globex);
    let own = format!("tenants/{}", acme.id);
    hook(&world, acme, &acme.key, "before").await.is(201);
    lower(&world, &own, &["webhook.create"]).await;
    let refused = hook(&world, acme, &acme.key, "during").await;
    let refused = refused.refuses(Kind::Forbidden);
    assert!(
        refused.text().contains("webhook.create"),
        "{}",
        refused.text()
    );
    let read = Ask::get(&acme.path("webhooks"));
    world.tenant(acme, read).await.is(200);
    hook(&world, globex, &globex.key, "before").await.is(201);
    hook(&world, acme, &world.operator, "above").await.is(201);
    lower(&world, &own, &[]).await;
    hook(&world, acme, &acme.key, "after").await.is(201);
}

#[tokio::test]
async fn a_ceiling_cuts_people_and_what_a_role_of_their_own_allows() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    let all = json!({"name": "all", "allow": ["*.*"]});
    let roles = Ask::post(&world.acme.path("roles")).json(&all);
    world.tenant(&world.acme, roles).await.is(201);
    let given = json!({"custom_role": "all", "role": null});
    let person = Ask::patch(&world.acme.path("users/ann@acme.example"));
    let person = person.if_match("*").json(&given);
    world.tenant(&world.acme, person).await.is(200);
    let read = || Ask::get(&world.acme.path("cdrs"));
    with(&world, &token, read()).await.is(200);
    lower(&world, &format!("tenants/{}", world.acme.id), &["*.read"]).await;
    let refused = with(&world, &token, read()).await.refuses(Kind::Forbidden);
    assert!(refused.text().contains("cdr.read"), "{}", refused.text());
}

#[tokio::test]
async fn a_resellers_ceiling_is_that_of_all_below_it_and_of_nobody_beside_it() {
    let world = world().await;
    let (north, south) = (&world.north, &world.south);
    lower(&world, &format!("resellers/{}", north.id), &["webhook.*"]).await;
    let below = hook(&world, &north.company, &north.company.key, "x").await;
    below.refuses(Kind::Forbidden);
    let own = hook(&world, &north.company, &north.key, "x").await;
    own.refuses(Kind::Forbidden);
    hook(&world, &south.company, &south.key, "x").await.is(201);
    hook(&world, &south.company, &south.company.key, "y")
        .await
        .is(201);
    hook(&world, &north.company, &world.operator, "z")
        .await
        .is(201);
}

#[tokio::test]
async fn under_a_ceiling_an_admin_still_makes_admins_and_keys_and_it_cuts_them_too() {
    let world = world().await;
    let acme = &world.acme;
    lower(&world, &format!("tenants/{}", acme.id), &["webhook.*"]).await;
    let admin = json!({"mail": "bea@acme.example", "role": "tenant-admin"});
    let admin = Ask::post(&acme.path("users")).json(&admin);
    world.tenant(acme, admin).await.is(201);
    let whole = Ask::post(&acme.path("tokens")).json(&json!({"name": "whole"}));
    let whole = world.tenant(acme, whole).await.is(201).member("key");
    hook(&world, acme, &whole, "x")
        .await
        .refuses(Kind::Forbidden);
    let who = Ask::get("/api/v1/whoami").key(&whole);
    let who = who.send(world.address).await.is(200);
    let who = who.text();
    assert!(
        who.contains("extension.create") && !who.contains("webhook."),
        "{who}"
    );
}

#[tokio::test]
async fn nobody_raises_the_ceiling_above_itself_but_everybody_sees_it() {
    let world = world().await;
    let (acme, north) = (&world.acme, &world.north);
    let (own, account) = (
        format!("/api/v1/tenants/{}", acme.id),
        format!("/api/v1/resellers/{}", north.id),
    );
    lower(&world, &own["/api/v1/".len()..], &["call.end"]).await;
    lower(&world, &account["/api/v1/".len()..], &["call.end"]).await;
    let seen = world.tenant(acme, Ask::get(&own)).await.is(200);
    assert_eq!(seen.json()["ceiling"]["deny"], json!(["call.end"]));
    let none = json!({"ceiling": {"deny": []}});
    let raise = |path: &str| Ask::patch(path).if_match("*").json(&none);
    let refused = world.tenant(acme, raise(&own)).await;
    let refused = refused.refuses(Kind::Forbidden);
    assert!(
        refused.text().contains("tenant.change"),
        "{}",
        refused.text()
    );
    let seen = Ask::get(&account).key(&north.key).send(world.address).await;
    assert_eq!(seen.is(200).json()["ceiling"]["deny"], json!(["call.end"]));
    let refused = raise(&account).key(&north.key).send(world.address).await;
    assert_eq!(refused.refuses(Kind::Invalid).blames(), "/ceiling");
    // what is its own it changes
    let brand = Ask::patch(&account).if_match("*").key(&north.key);
    let brand = brand.json(&json!({"display_name": "The North"}));
    brand.send(world.address).await.is(200);
    for member in ["caps", "plan", "enabled"] {
        let change = json!({member: null});
        let ask = Ask::patch(&own).if_match("*").json(&change);
        world.tenant(acme, ask).await.refuses(Kind::Forbidden);
    }
}

#[tokio::test]
async fn a_reseller_sets_the_ceiling_of_its_company_and_cannot_name_what_is_no_permission() {
    let world = world().await;
    let north = &world.north;
    let path = format!("/api/v1/tenants/{}", north.company.id);
    let set = async |deny: &str| {
        let body = json!({"ceiling": {"deny": ["cdr.read", deny]}});
        let ask = Ask::patch(&path).if_match("*").json(&body).key(&north.key);
        ask.send(world.address).await
    };
    let refused = set("cdr.fly").await.refuses(Kind::Invalid);
    assert_eq!(refused.blames(), "/ceiling/deny/1");
    set("user.*").await.is(200);
    let users = Ask::get(&north.company.path("users")).key(&north.company.key);
    users.send(world.address).await.refuses(Kind::Forbidden);
}
