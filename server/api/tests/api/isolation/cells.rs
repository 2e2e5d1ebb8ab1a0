//! Cells: every place of every operation where a name can stand, tried with every name that
//! another has. Places are read from the OpenAPI text, so a new operation has its cells at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::stranger::{bare, state_of};
use super::{Names, body, filled, names_next_to, names_of, names_of_account, sheet};
use crate::http::{Ask, Reply};
use crate::openapi::{Described, described};
use crate::place::Share;
use crate::world::{DOCUMENT, KEY, RECORDING, World, recording, world_with};

/// Members whose cells may differ, with reasons; see the file.
const EXEMPT: &str = include_str!("exempt.txt");

/// Operations that succeed once only, so that the same cannot be asked twice.
const ONCE: [&str; 4] = [
    "endSupportAccess",
    "inviteUser",
    "inviteAccountUser",
    "inviteResellerUser",
];

/// What anybody may ask for with a name that he knows, and is told nothing: a mail to whoever has
/// the address.
const UNTOLD: [&str; 1] = ["requestReset"];

/// Bodies that have no members.
const SHAPELESS: [&str; 4] = ["Sheet", "Archive", "Recording", "Document"];

/// A passphrase or a secret of a name that may be too short for one.
fn long_enough(name: &str) -> String {
    format!("{name} and some words")
}

/// A member of a body in which a text can stand.
struct Member {
    name: String,
    /// A list of texts.
    many: bool,
}

/// Who asks, what it has itself, and whose names it tries.
struct Asker {
    world: World,
    key: String,
    home: Names,
    theirs: Names,
    nobodys: Names,
    /// A word that only the other's documents hold.
    canary: &'static str,
    /// What the asker's own documents had at first, by path.
    first: BTreeMap<String, Value>,
    /// Paths of lists whose items can be removed.
    removable: BTreeSet<String>,
}

/// Paths of lists whose items can be removed.
fn removable() -> BTreeSet<String> {
    let items = described().into_iter().filter(|one| one.method == "DELETE");
    let lists = items.filter_map(|one| Some(one.path.rsplit_once('/')?.0.to_owned()));
    lists.collect()
}

/// A world in which nobody meets the rate of a key.
pub(super) async fn patient_world() -> World {
    let limits = api::Limits {
        operator_rate: 1_000_000_000,
        wrong_keys_rate: 1_000_000_000,
        ..api::Limits::default()
    };
    let world = Box::pin(world_with(limits)).await;
    let caps = json!({"caps": {"api_requests_per_second": 1_000_000_000}});
    for company in [&world.globex, &world.acme] {
        let path = format!("/api/v1/tenants/{}", company.id);
        let ask = Ask::patch(&path).if_match("*").json(&caps);
        world.operator(ask).await.is(200);
    }
    world
}

/// A company that tries the names of another.
async fn company() -> Asker {
    let world = patient_world().await;
    let mut asker = Asker {
        key: world.globex.key.clone(),
        home: names_of(&world.globex, world.globex.token),
        theirs: names_of(&world.acme, world.acme.token),
        nobodys: names_next_to(&world.acme, world.acme.token),
        canary: "canary of acme",
        first: BTreeMap::new(),
        removable: removable(),
        world,
    };
    asker.remember().await;
    asker
}

/// A reseller that tries the names of its sibling.
async fn reseller() -> Asker {
    let world = patient_world().await;
    let (north, south) = (&world.north, &world.south);
    let mut nobodys = names_next_to(&north.company, north.token);
    nobodys.resellers[1] = "nortk".to_owned();
    nobodys.plans[1] = "nortk".to_owned();
    nobodys.decks[1] = "nortk-rates".to_owned();
    nobodys.trunks[1] = "nortk-line".to_owned();
    nobodys.signing[1] = "nortk-key".to_owned();
    let mut asker = Asker {
        key: south.key.clone(),
        home: names_of_account(south),
        theirs: names_of_account(north),
        nobodys,
        canary: "canary of north",
        first: BTreeMap::new(),
        removable: removable(),
        world,
    };
    asker.remember().await;
    asker
}

/// Every name; a name that is forgotten here does not compile.
fn all(names: &Names) -> Vec<String> {
    let Names {
        tenants,
        extensions,
        devices,
        resellers,
        plans,
        call,
        cdr,
        recording,
        fax,
        token,
        webhooks,
        roles,
        users,
        holds,
        sso,
        decks,
        trunks,
        numbers,
        signing,
        schedules,
        locations,
        sites,
        sounds,
        music,
        inbound,
        outbound,
        guards,
        contained,
        access,
    } = names;
    let twice = [
        tenants, extensions, devices, resellers, plans, webhooks, roles, users, holds, sso, decks,
        trunks, numbers, signing, schedules, locations, sites, sounds, music, inbound, outbound,
        guards, contained,
    ];
    let once = [call, cdr, recording, fax, token, access];
    twice.into_iter().flatten().chain(once).cloned().collect()
}

/// The text's schema of this name.
fn schema(text: &Value, name: &str) -> Value {
    text["components"]["schemas"][name].clone()
}

/// Members of a schema in which a text can stand.
fn members(schema: &Value) -> Vec<Member> {
    let is_text =
        |of: &Value| of["enum"].is_null() && (of["type"] == "string" || of["type"][0] == "string");
    let properties = schema["properties"].as_object().into_iter().flatten();
    let found = properties.filter_map(|(name, of)| {
        let many = of["type"] == "array" && is_text(&of["items"]);
        (many || is_text(of)).then(|| Member {
            name: name.clone(),
            many,
        })
    });
    found.collect()
}

/// Names of the header parameters of each operation.
fn headers(text: &Value) -> BTreeMap<String, Vec<String>> {
    let methods = text["paths"].as_object().unwrap().values();
    let operations = methods.flat_map(|methods| methods.as_object().unwrap().values());
    let named = operations.map(|operation| {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let headers = parameters.filter(|one| one["in"] == "header");
        let names = headers.map(|one| one["name"].as_str().unwrap().to_owned());
        let id = operation["operationId"].as_str().unwrap();
        (id.to_owned(), names.collect())
    });
    named.collect()
}

impl Asker {
    /// Their names beside nobody's, without those that the asker has itself.
    fn pairs(&self) -> Vec<(String, String)> {
        let own: BTreeSet<String> = all(&self.home).into_iter().collect();
        let pairs = all(&self.theirs).into_iter().zip(all(&self.nobodys));
        pairs
            .filter(|(theirs, nobodys)| theirs != nobodys && !own.contains(theirs))
            .collect()
    }

    /// The pairs of one place that this run has to try; others at the next place.
    fn pairs_at(&self, places: usize) -> Vec<(String, String)> {
        let Share { one_in, first } = Share::of_this_run();
        let pairs = self.pairs().into_iter();
        pairs
            .skip((places + first) % one_in)
            .step_by(one_in)
            .collect()
    }

    /// What a name is answered with, without that name. Of a success only the status: it tells of
    /// the asker's own. What was made by it is removed and what was changed is changed back, so
    /// that the next is asked of the same.
    async fn told(&self, operation: &Described, ask: Ask, name: &str) -> (u16, String) {
        let reply = bare(ask.key(&self.key).send(self.world.address).await);
        let text = reply.text();
        assert!(!text.contains(self.canary), "{}: {text}", operation.name);
        if reply.status == 201 {
            self.remove(operation, &reply).await;
        }
        let changes = ["PUT", "PATCH"].contains(&operation.method.as_str());
        if reply.status == 200 && changes {
            self.restore(operation).await;
        }
        match reply.status {
            200..300 => (reply.status, String::new()),
            status => (status, text.replace(name, "NAME")),
        }
    }

    async fn remove(&self, operation: &Described, made: &Reply) {
        if operation.name == "cloneTenant" {
            let path = format!("/api/v1/tenants/{}", made.member("tenant"));
            let hold = Ask::delete(&format!("{path}/holds/{}", self.home.holds[1]));
            let hold = hold.key(&self.key).send(self.world.address).await;
            hold.is(204);
            let gone = Ask::post(&format!("{path}/erase")).key(&self.key);
            gone.send(self.world.address).await.is(200);
            return;
        }
        if !self.removable.contains(&operation.path) {
            return;
        }
        let path = filled(&operation.path, &self.home, 0, None);
        let path = format!("{path}/{}", made.member("id"));
        let ask = Ask::delete(&path).if_match("*").key(&self.key);
        let gone = ask.send(self.world.address).await;
        assert_eq!(gone.status, 204, "DELETE {path}: {}", gone.text());
    }

    /// Gives a document of the asker's own that was changed what it had at first.
    async fn restore(&self, operation: &Described) {
        let path = filled(&operation.path, &self.home, 0, None);
        if let Some(first) = self.first.get(&path) {
            let ask = Ask::put(&path).if_match("*").json(first).key(&self.key);
            ask.send(self.world.address).await.is(200);
        }
    }

    /// Remembers what each document of the asker's own has that a PUT would set.
    async fn remember(&mut self) {
        let text: Value = serde_json::from_str(&api::openapi()).unwrap();
        let shapeless = |one: &&Described| {
            let body = one.body.as_deref().unwrap_or_default();
            SHAPELESS.contains(&body)
        };
        let puts = described();
        let puts = puts.iter().filter(|one| one.method == "PUT");
        for operation in puts.filter(|one| !shapeless(one)) {
            let path = filled(&operation.path, &self.home, 0, None);
            let ask = Ask::get(&path).key(&self.key);
            let shown = ask.send(self.world.address).await;
            let known = schema(&text, operation.body.as_deref().unwrap_or_default());
            if shown.status == 200 {
                let mut document = shown.json();
                let members = document.as_object_mut().unwrap();
                members.retain(|name, _| known["properties"].get(name).is_some());
                let secret = known["properties"].get("secret");
                if secret.is_some_and(|secret| secret["readOnly"] != true) {
                    // never shown, and asked for when a name changes with it
                    let secret = match path.contains("/signing_keys/") {
                        true => KEY,
                        false => "kept to oneself",
                    };
                    members.insert("secret".to_owned(), json!(secret));
                }
                self.first.insert(path, document);
            }
        }
    }

    /// A request of the asker's own, with nothing foreign in it.
    fn own(&self, operation: &Described, with: impl FnOnce(&mut Value)) -> Ask {
        let path = filled(&operation.path, &self.home, 0, None);
        let ask = Ask::new(&operation.method, &path);
        match operation.body.as_deref() {
            Some("Sheet") => {
                let trial = Ask::new(&operation.method, &format!("{path}?dry_run=true"));
                trial.body("text/csv", sheet(&operation.path, &self.home, 0).as_bytes())
            }
            Some("Archive") => ask.body("application/octet-stream", b"no archive"),
            Some("Recording") => ask.body(RECORDING, &recording(200)),
            Some("Document") => ask.body("application/pdf", DOCUMENT),
            Some(schema) => {
                let mut body = body(schema, &self.home, 0);
                with(&mut body);
                ask.json(&body)
            }
            None => ask,
        }
    }

    /// Tries every member of every body; gives the number of cells.
    async fn members(&self, exempt: &mut Exempt) -> usize {
        let text: Value = serde_json::from_str(&api::openapi()).unwrap();
        let (mut cells, mut places) = (0, 0);
        for operation in described() {
            let Some(name) = &operation.body else {
                continue;
            };
            if UNTOLD.contains(&operation.name.as_str()) {
                continue;
            }
            for member in members(&schema(&text, name)) {
                let pairs = match exempt.lists(name, &member.name) {
                    true => self.pairs(),
                    false => self.pairs_at(places),
                };
                places += 1;
                for (theirs, nobodys) in pairs {
                    let ask = |value: &str| {
                        let put = |body: &mut Value| {
                            let one = match member.name.as_str() {
                                "passphrase" | "secret" => json!(long_enough(value)),
                                _ => json!(value),
                            };
                            if name == "SignIn" {
                                body["mail"] = json!(format!("fresh-{cells}@fresh.example"));
                            }
                            body[&member.name] = if member.many { json!([one]) } else { one };
                        };
                        // many wrong sign-ins from one place would have to wait
                        let place = format!("192.0.{}.{}", cells / 250 % 250, cells % 250);
                        let ask = self.own(&operation, put).if_match("*");
                        ask.with("X-Forwarded-For", &place)
                    };
                    let told = self.told(&operation, ask(&theirs), &theirs).await;
                    let nothing = self.told(&operation, ask(&nobodys), &nobodys).await;
                    let what = format!("{} {name} {} = {theirs}", operation.name, member.name);
                    exempt.compare(name, &member.name, &what, &told, &nothing);
                    cells += 1;
                }
            }
        }
        cells
    }

    /// Tries every header of every operation; gives the number of cells.
    async fn headers(&self) -> usize {
        let text: Value = serde_json::from_str(&api::openapi()).unwrap();
        let headers = headers(&text);
        let (mut cells, mut places) = (0, 0);
        for operation in described() {
            if ONCE.contains(&operation.name.as_str()) {
                continue;
            }
            // what is gone would be asked of afterwards
            let goes = operation.method == "DELETE";
            for header in &headers[&operation.name] {
                places += 1;
                for (theirs, nobodys) in self.pairs_at(places) {
                    let ask = |value: &str| {
                        let value = match header.as_str() {
                            // a key that comes twice would be a repetition
                            "Idempotency-Key" => format!("{value}-{cells}"),
                            "Archive-Passphrase" => long_enough(value),
                            _ => format!("\"{value}\""),
                        };
                        self.own(&operation, |_| ()).with(header, &value)
                    };
                    let told = self.told(&operation, ask(&theirs), &theirs).await;
                    let nothing = self.told(&operation, ask(&nobodys), &nobodys).await;
                    let what = format!("{} {header}: {theirs}", operation.name);
                    assert_eq!(told, nothing, "{what} tells what another has");
                    assert!(!goes || told.0 >= 400, "{what} removed something");
                    cells += 1;
                }
            }
        }
        cells
    }

    /// That what the asker sends by itself is good: else every cell would be refused alike, for a
    /// reason that has nothing to do with names.
    async fn makes_its_own(&self, parts: &[&str]) {
        for operation in described() {
            let makes = operation.method == "POST" && operation.body.is_some();
            let makes = makes && !SHAPELESS.contains(&operation.body.as_deref().unwrap());
            if makes && parts.iter().any(|part| operation.path.ends_with(part)) {
                let told = self
                    .told(&operation, self.own(&operation, |_| ()), "")
                    .await;
                assert_eq!(told.0, 201, "{}: {}", operation.path, told.1);
            }
        }
    }
}

/// The list of exemptions, and which of them were needed.
struct Exempt {
    listed: BTreeSet<String>,
    needed: BTreeSet<String>,
}

impl Exempt {
    fn read() -> Exempt {
        let lines = EXEMPT.lines().filter(|line| !line.starts_with('#'));
        let listed = lines.map(|line| {
            let (member, why) = line.split_once(": ").unwrap_or((line, ""));
            assert!(!why.is_empty(), "say why: {line}");
            member.to_owned()
        });
        Exempt {
            listed: listed.collect(),
            needed: BTreeSet::new(),
        }
    }

    fn lists(&self, schema: &str, member: &str) -> bool {
        self.listed.contains(&format!("{schema} {member}"))
    }

    fn compare(
        &mut self,
        schema: &str,
        member: &str,
        what: &str,
        told: &(u16, String),
        nothing: &(u16, String),
    ) {
        let member = format!("{schema} {member}");
        if told != nothing && self.listed.contains(&member) {
            self.needed.insert(member);
        } else {
            assert_eq!(told, nothing, "{what} tells what another has");
        }
    }
}

/// Tries every member as a company's key; gives the number of cells, and who was exempt.
async fn members_as_a_company() -> (usize, Exempt) {
    let mut exempt = Exempt::read();
    let asker = company().await;
    let before = state_of(&asker.world, &asker.world.acme).await;
    asker
        .makes_its_own(&["/extensions", "/devices", "/webhooks"])
        .await;
    let cells = asker.members(&mut exempt).await;
    assert_eq!(state_of(&asker.world, &asker.world.acme).await, before);
    (cells, exempt)
}

/// The same as a reseller's key.
async fn members_as_a_reseller() -> (usize, Exempt) {
    let mut exempt = Exempt::read();
    let asker = reseller().await;
    let before = state_of(&asker.world, &asker.world.north.company).await;
    asker
        .makes_its_own(&["v1/tenants", "v1/resellers", "v1/plans", "v1/tokens"])
        .await;
    let cells = asker.members(&mut exempt).await;
    let after = state_of(&asker.world, &asker.world.north.company).await;
    assert_eq!(after, before);
    (cells, exempt)
}

// each in a world of its own, side by side: there are tens of thousands
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_member_of_a_body_leads_to_what_another_has() {
    let company = tokio::spawn(members_as_a_company());
    let reseller = tokio::spawn(members_as_a_reseller());
    let (cells, company) = company.await.unwrap();
    println!("cells: {cells:>6} members of bodies, a company's key");
    assert!(cells > 300, "{cells}");
    let (cells, reseller) = reseller.await.unwrap();
    println!("cells: {cells:>6} members of bodies, a reseller's key");
    assert!(cells > 300, "{cells}");
    let needed: BTreeSet<_> = company.needed.union(&reseller.needed).collect();
    assert_eq!(
        needed,
        company.listed.iter().collect(),
        "exemptions that no cell needs"
    );
    println!("cells: {:>6} exempt members", needed.len());
}

#[tokio::test]
async fn no_header_leads_to_what_another_has() {
    let asker = company().await;
    let before = state_of(&asker.world, &asker.world.acme).await;
    let cells = asker.headers().await;
    assert_eq!(state_of(&asker.world, &asker.world.acme).await, before);
    println!("cells: {cells:>6} headers, a company's key");
    assert!(cells > 300, "{cells}");
    let asker = reseller().await;
    let before = state_of(&asker.world, &asker.world.north.company).await;
    let cells = asker.headers().await;
    let after = state_of(&asker.world, &asker.world.north.company).await;
    assert_eq!(after, before);
    println!("cells: {cells:>6} headers, a reseller's key");
}

/// A place in another's list is a place in none of one's own: what follows it is one's own, or
/// nothing.
#[tokio::test]
async fn no_cursor_of_anothers_list_leads_into_it() {
    let asker = company().await;
    let (world, home) = (&asker.world, &asker.home);
    let theirs = names_of(&world.acme, world.north.token);
    let (mut cells, mut empty) = (0, Vec::new());
    for operation in described() {
        let makes = operation.method == "POST" && operation.path.contains("{tenant}");
        let body_of = operation.body.as_deref();
        let body_of = body_of.filter(|name| !SHAPELESS.contains(name));
        if let (true, Some(schema)) = (makes, body_of) {
            // a second of everything, so that lists have a second page
            let path = filled(&operation.path, &theirs, 0, None);
            let ask = Ask::post(&path).json(&body(schema, &theirs, 0));
            world.tenant(&world.acme, ask).await;
        }
    }
    for operation in described() {
        let pages = operation.query.iter().any(|name| name == "after");
        // who refers to a company is for those above it
        let above = operation.path == "/api/v1/tenants/{tenant}/used-by";
        let within = operation.path.contains("{tenant}") && !above;
        if !pages || !within || operation.path.contains("/stream") {
            continue;
        }
        let first = filled(&operation.path, &theirs, 0, None);
        let first = Ask::get(&format!("{first}?limit=1"));
        let first = world.tenant(&world.acme, first).await.is(200).json();
        let next = &first["next"];
        if next.is_null() {
            empty.push(operation.name.clone());
            continue;
        }
        let next = next.as_str().map_or(next.to_string(), str::to_owned);
        let own = filled(&operation.path, home, 0, None);
        let reply = world
            .tenant(&world.globex, Ask::get(&format!("{own}?after={next}")))
            .await;
        let text = reply.text();
        assert!([200, 400].contains(&reply.status), "{own}: {text}");
        for name in all(&theirs) {
            assert!(
                !text.contains(&format!("\"{name}\"")),
                "{own}: {name}: {text}"
            );
        }
        assert!(!text.contains(asker.canary), "{own}: {text}");
        cells += 1;
    }
    println!(
        "cells: {cells:>6} cursors; lists of one page: {}",
        empty.join(", ")
    );
    assert!(cells >= 4, "{cells} {empty:?}");
}
