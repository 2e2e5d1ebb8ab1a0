//! Tokens of what is suspended, removed or over: they open what a token of nobody opens.

use std::time::Duration;

use serde_json::json;

use super::cells::patient_world;
use super::people::{of_globex, of_south, signed_in};
use super::stranger::bare;
use super::{ask, filled, names_of};
use crate::http::{Ask, Reply};
use crate::openapi::described;
use crate::world::{Company, World};

/// What is said of a company to those above it whether they are let in or not: its document, what
/// it may use and does use, who was let in, and what it takes to sell to it.
const SEEN_FROM_ABOVE: [&str; 5] = [
    "getTenantUsage",
    "getSupport",
    "getTenantHistory",
    "listSupportAccesses",
    "getTenantUsedBy",
];

/// A token of the same form that nobody ever had.
fn unheard_of(token: &str) -> String {
    let (kind, text) = token.split_at(4);
    let turned = |letter: char| match letter {
        'a'..='y' | '0'..='8' => char::from(u8::try_from(letter).unwrap() + 1),
        other => other,
    };
    format!("{kind}{}", text.chars().map(turned).collect::<String>())
}

/// That a token opens nothing of a company, in every operation, and is answered like one that
/// nobody ever had.
async fn opens_nothing(world: &World, company: &Company, token: &str) -> usize {
    let names = names_of(company, company.token);
    let mut cells = 0;
    for operation in described() {
        let open = [
            "answerAuthority",
            "getOpenApi",
            "getSigningCertificates",
            "isAlive",
            "isReady",
        ];
        if operation.is_door() || open.contains(&operation.name.as_str()) {
            continue;
        }
        let path = filled(&operation.path, &names, 0, None);
        let told = async |token: &str| -> Reply {
            let ask = ask(&operation, &path, &names, 0).key(token);
            bare(ask.send(world.address).await)
        };
        let (gone, nobodys) = (told(token).await, told(&unheard_of(token)).await);
        assert_eq!(gone, nobodys, "{} {path}", operation.method);
        assert_eq!(gone.status, 401, "{} {path}", operation.method);
        cells += 1;
    }
    cells
}

#[tokio::test]
async fn a_person_of_a_suspended_company_is_nobody() {
    let person = of_globex("tenant-admin").await;
    let world = &person.world;
    let path = format!("/api/v1/tenants/{}", world.globex.id);
    let off = Ask::patch(&path)
        .if_match("*")
        .json(&json!({"enabled": false}));
    world.operator(off).await.is(200);
    let cells = opens_nothing(world, &world.globex, &person.token).await;
    println!("cells: {cells:>6} operations, a login of a suspended company");
    assert!(cells > 100, "{cells}");
}

#[tokio::test]
async fn a_person_of_a_suspended_reseller_is_nobody() {
    let person = of_south("reseller-admin").await;
    let world = &person.world;
    let path = format!("/api/v1/resellers/{}", world.south.name);
    let off = Ask::patch(&path)
        .if_match("*")
        .json(&json!({"enabled": false}));
    world.operator(off).await.is(200);
    for token in [&person.token, &world.south.key] {
        let cells = opens_nothing(world, &world.south.company, token).await;
        println!("cells: {cells:>6} operations, a token of a suspended reseller");
        assert!(cells > 100, "{cells}");
    }
}

#[tokio::test]
async fn key_and_login_of_a_removed_company_are_nobodys() {
    let person = of_globex("tenant-admin").await;
    let (world, globex) = (&person.world, &person.world.globex);
    let hold = Ask::delete(&globex.path(&format!("holds/{}", globex.hold)));
    world.operator(hold.if_match("*")).await.is(204);
    let all = Ask::post(&format!("/api/v1/tenants/{}/erase", globex.id));
    let gone = world.operator(all).await;
    assert!(gone.status < 300, "{}", gone.text());
    for token in [&person.token, &globex.key] {
        let cells = opens_nothing(world, globex, token).await;
        println!("cells: {cells:>6} operations, a token of a removed company");
        assert!(cells > 100, "{cells}");
    }
}

/// Everything inside a company, read by somebody above it: how many reads were refused.
async fn is_kept_out(world: &World, company: &Company, key: &str) -> usize {
    let names = names_of(company, company.token);
    let mut refused = 0;
    for operation in described() {
        let inside = operation.path.starts_with("/api/v1/tenants/{tenant}/");
        if operation.method != "GET" || !inside {
            continue;
        }
        let path = filled(&operation.path, &names, 0, None);
        let reply = Ask::get(&path).key(key).send(world.address).await;
        if SEEN_FROM_ABOVE.contains(&operation.name.as_str()) {
            continue;
        }
        let (name, text) = (&operation.name, reply.text());
        assert_eq!(reply.status, 403, "{name} {path}: {text}");
        // what a supporter may never do is refused for that reason
        let code = reply.member("type");
        refused += usize::from(code.ends_with(api::Kind::NotLetIn.code()));
    }
    refused
}

/// A supporter of the reseller asks to be let into its company, and is.
async fn let_in(world: &World, company: &Company, key: &str) -> String {
    let policy = Ask::put(&company.path("support/policy")).json(&json!({"policy": "ask"}));
    world.tenant(company, policy).await.is(200);
    let all = company.path("support/accesses");
    let wish = json!({"reason": "calls fail", "minutes": 30});
    let ask = Ask::post(&all).key(key).json(&wish);
    let asked = ask.send(world.address).await.is(201);
    let one = format!("{all}/{}", asked.member("id"));
    is_kept_out(world, company, key).await;
    let grant = Ask::post(&format!("{one}/grant"));
    world.tenant(company, grant).await.is(200);
    one
}

#[tokio::test]
async fn a_supporter_whose_access_was_ended_is_kept_out_of_everything() {
    let person = of_south("support").await;
    let (world, company) = (&person.world, &person.world.south.company);
    let look = || Ask::get(&company.path("extensions")).key(&person.token);
    let access = let_in(world, company, &person.token).await;
    look().send(world.address).await.is(200);
    // what is let in is this person, and nobody beside it
    let other = Ask::get(&company.path("extensions")).key(&world.south.key);
    other.send(world.address).await.refuses(api::Kind::NotLetIn);
    let end = Ask::post(&format!("{access}/end"));
    world.tenant(company, end).await.is(200);
    let refused = is_kept_out(world, company, &person.token).await;
    println!("cells: {refused:>6} operations, a supporter whose access was ended");
    assert!(refused > 20, "{refused}");
}

#[tokio::test]
async fn a_supporter_whose_time_is_over_is_kept_out_of_everything() {
    let world = patient_world().await;
    let company = &world.south.company;
    let key = &world.south.key;
    let_in(&world, company, key).await;
    let look = || Ask::get(&company.path("extensions")).key(key);
    look().send(world.address).await.is(200);
    let later = ports::WallClock::now(&*world.clock) + Duration::from_secs(30 * 60);
    world.clock.set(later);
    let refused = is_kept_out(&world, company, key).await;
    println!("cells: {refused:>6} operations, a key whose access is over");
    assert!(refused > 20, "{refused}");
    // a person who signs in afterwards is not let in by what was granted to the key
    let users = format!("/api/v1/resellers/{}/users", world.south.name);
    let token = signed_in(&world, &users, "ann@south.example").await;
    assert!(is_kept_out(&world, company, &token).await > 20);
}
