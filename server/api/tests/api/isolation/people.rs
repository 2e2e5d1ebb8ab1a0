//! People who signed in, and the names of others: what a person is told of them is what he is
//! told of names of nothing, whatever his role.

use serde_json::{Value, json};

use super::cells::patient_world;
use super::stranger::{bare, state_of};
use super::{Names, ask, filled, names_next_to, names_of, names_of_account, said, values};
use crate::http::{Ask, Reply};
use crate::openapi::{Described, described};
use crate::people::{PASSWORD, post, tokens, welcome};
use crate::world::{Company, World};

/// What ends the asker's own login.
const ENDS: [&str; 1] = ["signOut"];

/// Somebody who signed in, and whose names he tries.
pub(super) struct Person {
    pub(super) world: World,
    pub(super) token: String,
    own: Names,
    theirs: Names,
    nobodys: Names,
    canary: &'static str,
    /// Whether he belongs to a company: names inside it are tried there, too.
    inside: bool,
}

/// Lets somebody in who has been invited; gives the access token.
pub(super) async fn signed_in(world: &World, users: &str, mail: &str) -> String {
    welcome(world, users, mail).await;
    let body = json!({"mail": mail, "password": PASSWORD});
    let reply = post(world, "auth/login", body).await;
    tokens(&reply.is(200)).0
}

/// A person of globex with this role, and the names of acme.
pub(super) async fn of_globex(role: &str) -> Person {
    let world = patient_world().await;
    let mail = "ann@globex.example";
    let users = world.globex.path("users");
    let role = Ask::patch(&format!("{users}/{mail}")).json(&json!({"role": role}));
    world.operator(role.if_match("*")).await.is(200);
    let token = signed_in(&world, &users, mail).await;
    Person {
        token,
        own: names_of(&world.globex, world.globex.token),
        theirs: names_of(&world.acme, world.acme.token),
        nobodys: names_next_to(&world.acme, world.acme.token),
        canary: "canary of acme",
        inside: true,
        world,
    }
}

/// A person of the reseller south with this role, and the names of its sibling.
pub(super) async fn of_south(role: &str) -> Person {
    let world = patient_world().await;
    let mail = "ann@south.example";
    let users = format!("/api/v1/resellers/{}/users", world.south.name);
    let role = Ask::patch(&format!("{users}/{mail}")).json(&json!({"role": role}));
    world.operator(role.if_match("*")).await.is(200);
    let token = signed_in(&world, &users, mail).await;
    let mut nobodys = names_next_to(&world.north.company, world.north.token);
    nobodys.resellers[1] = "nortk".to_owned();
    // both companies have an extension of this number: it tells nothing of either
    nobodys.extensions[1] = world.south.company.number.clone();
    Person {
        token,
        own: names_of_account(&world.south),
        theirs: names_of_account(&world.north),
        nobodys,
        canary: "canary of north",
        inside: false,
        world,
    }
}

impl Person {
    /// Whose names he tries.
    fn other(&self) -> &Company {
        if self.inside {
            &self.world.acme
        } else {
            &self.world.north.company
        }
    }

    async fn sends(&self, ask: Ask) -> Reply {
        bare(ask.key(&self.token).send(self.world.address).await)
    }

    /// Asks for the same with another's names and with nobody's; gives the one answer to both.
    async fn told(&self, what: &str, make: impl Fn(&Names) -> Ask) -> Reply {
        let theirs = self.sends(make(&self.theirs)).await;
        let nobodys = self.sends(make(&self.nobodys)).await;
        assert_eq!(theirs, nobodys, "{what} tells what another has");
        assert!(!theirs.text().contains(self.canary), "{what}");
        theirs
    }

    /// Another's names in the path of an operation; gives the number of cells.
    async fn paths(&self, operation: &Described) -> usize {
        let mut cells = 0;
        for which in [0, 1] {
            // names that everybody may give to his own, such as that of a plan, are not theirs
            if operation.path.contains("{plan}") && which == 1 {
                continue;
            }
            let mut homes = vec![None];
            if self.inside && operation.path.matches('{').count() > 1 {
                homes.push(Some(&self.world.globex));
            }
            for home in homes {
                let what = format!("{} {} {which}", operation.method, operation.path);
                let make = |names: &Names| {
                    let path = filled(&operation.path, names, which, home);
                    ask(operation, &path, names, which)
                };
                let reply = self.told(&what, make).await;
                let text = reply.text();
                assert!([403, 404, 422].contains(&reply.status), "{what}: {text}");
                cells += 1;
            }
        }
        cells
    }

    /// Another's names in the body of an operation of his own.
    async fn bodies(&self, operation: &Described) -> usize {
        let Some(schema) = &operation.body else {
            return 0;
        };
        let mut cells = 0;
        for which in [0, 1] {
            let say = |names| said(operation, schema, names, which);
            // what he has himself, such as an extension of the same number, he may name
            if [say(&self.nobodys), say(&self.own)].contains(&say(&self.theirs)) {
                continue;
            }
            let path = filled(&operation.path, &self.own, 0, None);
            let what = format!("{} {path} {}", operation.method, say(&self.theirs));
            let reply = self
                .told(&what, |names| ask(operation, &path, names, which))
                .await;
            assert!(reply.status >= 400, "{what}: {}", reply.text());
            cells += 1;
        }
        cells
    }

    /// Another's names in the query of an operation of his own.
    async fn queries(&self, operation: &Described) -> usize {
        let numbered = ["/events", "/deliveries"];
        let numbered = numbered.iter().any(|part| operation.path.contains(part));
        let mut cells = 0;
        for parameter in &operation.query {
            if numbered && parameter == "after" {
                continue;
            }
            let Some(theirs) = values(parameter, &self.theirs) else {
                continue;
            };
            let nobodys = values(parameter, &self.nobodys).unwrap();
            let own = values(parameter, &self.own).unwrap();
            let path = filled(&operation.path, &self.own, 0, None);
            let pairs = theirs.iter().zip(&nobodys);
            // what he has himself, such as an extension of the same number, he may ask for
            for (theirs, nobodys) in pairs.filter(|(theirs, _)| !own.contains(theirs)) {
                let what = format!("{path}?{parameter}={theirs}");
                let ask = |value: &str| Ask::get(&format!("{path}?{parameter}={value}"));
                let (theirs, nobodys) = (
                    self.sends(ask(theirs)).await,
                    self.sends(ask(nobodys)).await,
                );
                assert_eq!(
                    theirs.text(),
                    nobodys.text(),
                    "{what} tells what another has"
                );
                assert_eq!(theirs, nobodys, "{what} tells what another has");
                if theirs.status == 200 && parameter != "after" {
                    assert_eq!(theirs.json()["items"], json!([]), "{what}");
                }
                cells += 1;
            }
        }
        cells
    }

    /// Tries every way; gives the number of cells. What the other has is as before.
    async fn tries_all(&self) -> usize {
        let before: Vec<Value> = state_of(&self.world, self.other()).await;
        // the first visit to a company of one's own is noted in its trail, the next ones are not
        let own = filled("/api/v1/tenants/{tenant}/extensions", &self.own, 0, None);
        self.sends(Ask::get(&own)).await;
        let mut cells = 0;
        for operation in described() {
            if ENDS.contains(&operation.name.as_str()) || operation.is_door() {
                continue;
            }
            if operation.path.contains('{') {
                cells += self.paths(&operation).await;
            }
            cells += self.bodies(&operation).await + self.queries(&operation).await;
        }
        assert_eq!(state_of(&self.world, self.other()).await, before);
        let me = self.sends(Ask::get("/api/v1/me")).await;
        assert_eq!(me.status, 200, "still signed in: {}", me.text());
        cells
    }
}

#[tokio::test]
async fn a_company_admins_login_is_told_of_anothers_names_what_nothing_is_told() {
    let person = of_globex("tenant-admin").await;
    let own = person.sends(Ask::get(&person.world.globex.path("extensions")));
    assert_eq!(own.await.status, 200);
    let cells = person.tries_all().await;
    println!("cells: {cells:>6} names, an admin of a company who signed in");
    assert!(cells > 150, "{cells}");
}

#[tokio::test]
async fn an_ordinary_users_login_is_told_of_anothers_names_what_nothing_is_told() {
    let person = of_globex("user").await;
    let cells = person.tries_all().await;
    println!("cells: {cells:>6} names, a user of a company who signed in");
    assert!(cells > 150, "{cells}");
}

#[tokio::test]
async fn a_resellers_supporter_is_told_of_a_siblings_names_what_nothing_is_told() {
    let person = of_south("support").await;
    let own = person.sends(Ask::get(&person.world.south.company.path("extensions")));
    assert_eq!(own.await.status, 200);
    let cells = person.tries_all().await;
    println!("cells: {cells:>6} names, a supporter of a reseller who signed in");
    assert!(cells > 100, "{cells}");
}

#[tokio::test]
async fn a_resellers_admin_is_told_of_a_siblings_names_what_nothing_is_told() {
    let person = of_south("reseller-admin").await;
    let cells = person.tries_all().await;
    println!("cells: {cells:>6} names, an admin of a reseller who signed in");
    assert!(cells > 100, "{cells}");
}
