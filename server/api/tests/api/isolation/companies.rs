//! A company's key, and the names of another company.

use serde_json::json;

use super::cells::patient_world;
use super::stranger::{bare, state_of, stranger};
use super::{ask, filled, names_of, said, values};
use crate::http::Ask;
use crate::openapi::described;
use crate::world::world;

/// Names that are unique on the whole platform, so that asking for one that another company has
/// cannot succeed. That is all that is said: not whose it is. A telephone that cannot send its
/// company's domain is known by its user name alone, and a SIP domain leads to one company.
const EXEMPT: [&str; 2] = ["username", "trusted_source"];

#[tokio::test]
async fn another_companys_names_in_paths_are_names_of_nothing() {
    let stranger = stranger().await;
    let before = state_of(&stranger.world, &stranger.world.acme).await;
    let mut tried = 0;
    for operation in described().iter().filter(|one| one.path.contains('{')) {
        for which in [0, 1] {
            let (theirs, nobodys) = (&stranger.theirs, &stranger.nobodys);
            let mut homes = vec![None];
            // a path that names something inside a tenant is tried inside the stranger's own, too
            if operation.path.matches('{').count() > 1 {
                homes.push(Some(&stranger.world.globex));
            }
            for home in homes {
                let path = |names| filled(&operation.path, names, which, home);
                let what = format!("{} {}", operation.method, path(theirs));
                let reply = stranger
                    .told(
                        &what,
                        ask(operation, &path(theirs), theirs, which),
                        ask(operation, &path(nobodys), nobodys, which),
                    )
                    .await;
                assert_eq!(reply.status, 404, "{what}: {}", reply.text());
                tried += 1;
            }
        }
    }
    assert!(tried > 80, "{tried}");
    assert_eq!(
        state_of(&stranger.world, &stranger.world.acme).await,
        before
    );
    assert!(stranger.world.live.hung_up.lock().unwrap().is_empty());
}

#[tokio::test]
async fn another_companys_names_in_queries_find_nothing() {
    let stranger = stranger().await;
    let globex = &stranger.world.globex;
    let mut tried = 0;
    for operation in described() {
        // places in the log of events are numbers, which name nothing of anybody's
        let numbered = ["/events", "/deliveries"];
        let numbered = numbered.iter().any(|part| operation.path.contains(part));
        for parameter in operation
            .query
            .iter()
            .filter(|name| !(numbered && *name == "after"))
        {
            let Some(theirs) = values(parameter, &stranger.theirs) else {
                continue;
            };
            let nobodys = values(parameter, &stranger.nobodys).unwrap();
            let path = filled(&operation.path, &stranger.nobodys, 0, Some(globex));
            for (theirs, nobodys) in theirs.iter().zip(&nobodys) {
                let ask = |value: &str| Ask::get(&format!("{path}?{parameter}={value}"));
                let what = format!("{path}?{parameter}={theirs}");
                let reply = stranger.told(&what, ask(theirs), ask(nobodys)).await;
                // who refers to what is not there is asked in vain
                let about_one = operation.path.ends_with("/used-by");
                let own_list = operation.path.contains("{tenant}") && !about_one;
                assert_eq!(reply.status, if own_list { 200 } else { 404 }, "{what}");
                if own_list && parameter != "after" {
                    assert_eq!(reply.json()["items"], json!([]), "{what}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[tokio::test]
async fn another_companys_names_in_bodies_are_refused_like_names_of_nothing() {
    let stranger = stranger().await;
    let globex = &stranger.world.globex;
    let home = names_of(globex, "tok_00000000000000000000000000".parse().unwrap());
    let mut tried = 0;
    for operation in described() {
        let Some(schema) = &operation.body else {
            continue;
        };
        for which in [0, 1] {
            let (theirs, nobodys) = (&stranger.theirs, &stranger.nobodys);
            if said(&operation, schema, theirs, which) == said(&operation, schema, nobodys, which) {
                continue;
            }
            let path = filled(&operation.path, &home, 0, None);
            let what = format!(
                "{} {path} {}",
                operation.method,
                said(&operation, schema, theirs, which)
            );
            let (theirs, nobodys) = (
                ask(&operation, &path, theirs, which),
                ask(&operation, &path, nobodys, which),
            );
            let reply = stranger.told(&what, theirs, nobodys).await;
            let expected = if operation.path.contains("{tenant}") {
                422
            } else {
                404
            };
            assert_eq!(reply.status, expected, "{what}: {}", reply.text());
            tried += 1;
        }
    }
    assert!(tried >= 6, "{tried}");
}

#[tokio::test]
async fn the_few_names_that_are_unique_on_the_platform_are_taken_and_no_more_is_said() {
    let stranger = stranger().await;
    let (world, acme) = (&stranger.world, &stranger.world.acme);
    let source = json!({"trusted_source": "192.0.2.77"});
    let path = acme.path(&format!("devices/{}", acme.device));
    world
        .operator(Ask::patch(&path).if_match("*").json(&source))
        .await
        .is(200);
    for member in EXEMPT {
        let taken = match member {
            "username" => acme.username.clone().into(),
            _ => source[member].clone(),
        };
        let mut spec = json!({
            "username": "fresh", "extension": world.globex.number, "secret": "12345678",
        });
        spec[member] = taken;
        let own = world
            .globex
            .path(&format!("devices/{}", world.globex.device));
        let tries = [
            Ask::post(&world.globex.path("devices")).json(&spec),
            Ask::put(&own).if_match("*").json(&spec),
            Ask::patch(&own).if_match("*").json(&spec),
        ];
        for one in tries {
            let reply = world
                .tenant(&world.globex, one)
                .await
                .refuses(api::Kind::Taken);
            assert_eq!(reply.blames(), format!("/{member}"));
            for name in [&stranger.theirs.tenants[..], &stranger.theirs.devices[..1]].concat() {
                assert!(!reply.text().contains(&name), "{}", reply.text());
            }
        }
    }
}

#[tokio::test]
async fn nothing_that_a_company_is_shown_has_anothers_canary_in_it() {
    let world = patient_world().await;
    let own = names_of(
        &world.globex,
        "tok_00000000000000000000000000".parse().unwrap(),
    );
    let mut shown = 0;
    for operation in described().iter().filter(|one| one.method == "GET") {
        let path = filled(&operation.path, &own, 0, None);
        let reply = world.tenant(&world.globex, Ask::get(&path)).await;
        assert!(!reply.text().contains("canary of acme"), "{path}");
        shown += usize::from(reply.text().contains("canary of globex"));
    }
    assert!(shown >= 5, "{shown}");
}

#[tokio::test]
async fn what_is_above_the_companies_does_not_exist_for_their_keys() {
    let world = stranger().await.world;
    let token = "tok_00000000000000000000000000".parse().unwrap();
    let names = names_of(&world.globex, token);
    let nowhere = bare(
        world
            .tenant(&world.globex, Ask::get("/api/v1/nowhere"))
            .await,
    );
    let own = [
        "getOpenApi",
        "getSigningCertificates",
        "isAlive",
        "isReady",
        "listTrunkPresets",
        "whoAmI",
    ];
    let mut above = 0;
    for operation in described() {
        let own = own.contains(&operation.name.as_str()) || operation.is_door();
        if operation.path.contains("{tenant}") || own {
            continue;
        }
        let path = filled(&operation.path, &names, 0, None);
        let reply = bare(
            world
                .tenant(&world.globex, ask(&operation, &path, &names, 0))
                .await,
        );
        assert_eq!((reply.status, &reply.body), (404, &nowhere.body), "{path}");
        above += 1;
    }
    assert!(above > 50, "{above}");
}

#[tokio::test]
async fn a_company_reads_its_own_document_and_does_not_change_it() {
    let world = world().await;
    let (globex, path) = (
        &world.globex,
        format!("/api/v1/tenants/{}", world.globex.domain),
    );
    world.tenant(globex, Ask::get(&path)).await.is(200);
    let raise = json!({"caps": {"concurrent_calls": 1_000_000}});
    let tries = [
        Ask::patch(&path).if_match("*").json(&raise),
        Ask::put(&path)
            .if_match("*")
            .json(&json!({"domains": ["globex.example"]})),
        Ask::delete(&path),
    ];
    for one in tries {
        world
            .tenant(globex, one)
            .await
            .refuses(api::Kind::Forbidden);
    }
    let shown = world.tenant(globex, Ask::get(&path)).await.is(200).json();
    assert_eq!(shown["revision"], 1);
}
