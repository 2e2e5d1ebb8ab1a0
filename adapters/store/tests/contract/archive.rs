//! Companies as wholes: out, and in again.

use std::sync::{Arc, Mutex};

use domain::{AuditEntry, Credentials, Document, KindName, Limit, Plan, TokenRecord, Topic};
use ids::{AuditId, PlanId, TokenId};
use ports::{
    ArchiveError, Arrival, Belonging, ExchangeStore, Fact, Operation, QuotaMet, SecretChange,
    StoreError, Stores, Taker, Thing,
};
use store::{MemoryStore, block_on};
use tenancy::{Owner, PlatformScope, TenantScope, TokenHash};

use crate::credentials;
use crate::deliveries::with_delivery;
use crate::on_every_store;
use crate::support::with_support;
use crate::world::{World, all_keys, cdr, delete, digests, platform, time, with, write};

/// Keeps what is taken out.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Thing>>>);

impl Taker<Thing> for Kept {
    fn take(&mut self, thing: &Thing) -> Result<(), ArchiveError> {
        self.0.lock().unwrap().push(thing.clone());
        Ok(())
    }
}

fn taken_out(store: &dyn Stores, scope: &TenantScope) -> Vec<Thing> {
    let kept = Kept::default();
    block_on(store.take_out(scope, Box::new(kept.clone()))).unwrap();
    let mut things = kept.0.lock().unwrap();
    std::mem::take(&mut *things)
}

/// A company with something of every sort, and a canary in all its words.
fn company(world: &World<'_>, domain: &str, canary: &str) -> TenantScope {
    let scope = world.tenant(domain);
    let extension = world.extension(&scope, "101");
    world
        .commit(
            &scope,
            vec![crate::world::replace(with(
                &extension,
                "display_name",
                canary,
            ))],
        )
        .unwrap();
    for number in 0..3 {
        let name = format!("{canary}-{number}");
        let mut write = world.device_write(&scope, &extension.id, &name);
        let kept = Credentials::from(digests(number));
        write.secret = SecretChange::Set(match number {
            0 => kept.replaced(digests(9), time(900)),
            _ => kept,
        });
        world.create(&scope, write);
    }
    let gone = world.extension(&scope, "199");
    world.commit(&scope, vec![delete(&gone)]).unwrap();
    with_delivery(world, &scope);
    with_support(world, &scope);
    let tenant = scope.tenant();
    let cdrs = (1..=3).map(|number| {
        let mut made = cdr(tenant, number);
        made.caller.display = canary.to_owned();
        made
    });
    block_on(world.store.write_cdrs(cdrs.collect())).unwrap();
    let number = world.number();
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    let token = TokenRecord {
        id: TokenId::new(number, 0),
        name: canary.to_owned(),
        owner: Owner::Tenant(tenant),
        hash: TokenHash(hash),
        created: time(1),
        expires: None,
        revoked: None,
        scopes: Vec::new(),
        former: None,
        used: None,
    };
    let audit = AuditEntry {
        id: AuditId::new(number, 9),
        owner: Owner::PLATFORM,
        at: time(1),
        actor: "operator".to_owned(),
        action: "token.created".to_owned(),
        target: String::new(),
        before: None,
        after: None,
        request: None,
    };
    block_on(world.store.put_token(&all_keys(), &token, &audit)).unwrap();
    scope
}

fn tells_of_a_restore(thing: &Thing) -> bool {
    let Thing::Fact(Fact::Audit(entry)) = thing else {
        return false;
    };
    entry.action == "tenant.restored"
}

/// What was taken out, in an order that all stores share, without the entry of a restore.
fn comparable(things: &[Thing]) -> Vec<String> {
    let things = things.iter().filter(|thing| !tells_of_a_restore(thing));
    let mut told: Vec<String> = things
        .map(|thing| serde_json::to_string(thing).unwrap())
        .collect();
    told.sort();
    told
}

/// All that a store has of a company, in an order that all stores share.
pub(crate) fn everything_of(store: &dyn Stores, scope: &TenantScope) -> Vec<String> {
    comparable(&taken_out(store, scope))
}

/// What happened in a company.
pub(crate) fn facts_of(store: &dyn Stores, scope: &TenantScope) -> Vec<Fact> {
    facts_and_documents(&taken_out(store, scope)).0
}

fn facts_and_documents(things: &[Thing]) -> (Vec<Fact>, Vec<Belonging>) {
    let (mut facts, mut documents) = (Vec::new(), Vec::new());
    for thing in things.iter().cloned() {
        match thing {
            Thing::Fact(fact) => facts.push(fact),
            Thing::Document(belonging) => documents.push(belonging),
        }
    }
    documents.sort_by_key(|one| one.document.kind != KindName::Tenant);
    (facts, documents)
}

fn arrival(scope: &TenantScope, documents: Vec<Belonging>) -> Arrival {
    Arrival {
        tenant: scope.tenant(),
        documents,
        begins: false,
        replaces: false,
        at: time(900),
        audit: AuditId::new(900, 900),
        action: "tenant.restored",
    }
}

fn brought_in(store: &dyn Stores, scope: &TenantScope, things: &[Thing]) -> Result<(), StoreError> {
    let (facts, documents) = facts_and_documents(things);
    let operator = PlatformScope::at_console();
    block_on(store.clear_out(&operator, scope.tenant()))?;
    for facts in facts.chunks(3) {
        block_on(store.bring_facts(&operator, scope.tenant(), facts.to_vec()))?;
    }
    block_on(store.move_in(&platform(), arrival(scope, documents))).map(|_| ())
}

/// Carries a company from one store to another.
pub(crate) fn carried_over(
    (from, to): (&dyn Stores, &dyn Stores),
    scope: &TenantScope,
) -> Result<(), StoreError> {
    brought_in(to, scope, &taken_out(from, scope))
}

fn what_people_sign_in_with_comes_along_and_their_logins_stay_behind(world: &World<'_>) {
    let first = MemoryStore::new();
    let before = World::from(&first, 1_000);
    let acme = before.tenant("acme.example");
    let ann = credentials::person(&before, &acme, credentials::ANN);
    credentials::keep(&before, &ann, &[1], b"a password");
    brought_in(world.store, &acme, &taken_out(&first, &acme)).unwrap();
    let record = credentials::find(world, &ann).unwrap().credentials;
    assert_eq!(record.content, b"a password");
    assert_eq!((record.logins, record.revision), (vec![], 1));
    assert_eq!(credentials::of_login(world, 1), None);
    // and out again from here, where it was sealed anew
    let out = taken_out(world.store, &acme);
    let kept = out.iter().find_map(|thing| match thing {
        Thing::Document(belonging) => belonging.credentials.clone(),
        Thing::Fact(_) => None,
    });
    assert_eq!(kept.as_deref(), Some(&b"a password"[..]));
}

fn credentials_of_what_is_no_person_are_refused(world: &World<'_>) {
    let first = MemoryStore::new();
    let before = World::from(&first, 1_000);
    let acme = company(&before, "acme.example", "acme");
    let mut things = taken_out(&first, &acme);
    for thing in &mut things {
        if let Thing::Document(belonging) = thing {
            belonging.credentials = Some(b"a password".to_vec());
        }
    }
    let refused = brought_in(world.store, &acme, &things);
    assert!(
        matches!(refused, Err(StoreError::Invalid(_))),
        "{refused:?}"
    );
}

fn a_company_comes_back_as_it_was_with_its_secrets(world: &World<'_>) {
    let first = MemoryStore::new();
    let before = World::from(&first, 1_000);
    let acme = company(&before, "acme.example", "acme");
    let things = taken_out(&first, &acme);
    let cursor = world.cursor();
    brought_in(world.store, &acme, &things).unwrap();
    assert!(world.store.changed() > cursor, "exchanges are told");
    let again = taken_out(world.store, &acme);
    assert_eq!(comparable(&again), comparable(&things));
    let here = block_on(world.store.load_tenant(&acme)).unwrap().unwrap();
    let there = block_on(first.load_tenant(&acme)).unwrap().unwrap();
    assert_eq!(here.devices, there.devices);
    assert!(here.devices.iter().all(|(_, digests)| digests.is_some()));
    assert_eq!(
        taken_again(&again, &acme),
        comparable(&things),
        "and back in memory"
    );
    // what was restored goes on from where it was
    let extension = world.get(&acme, KindName::Extension, "101").unwrap();
    assert_eq!(extension.revision, 2);
    let change = with(&extension, "display_name", "changed");
    let later = World::from(world.store, 50_000);
    later
        .commit(&acme, vec![crate::world::replace(change)])
        .unwrap();
    let history = block_on(
        world
            .store
            .history(&acme, KindName::Extension, &extension.id),
    );
    assert_eq!(history.unwrap().len(), 3);
}

fn taken_again(things: &[Thing], scope: &TenantScope) -> Vec<String> {
    let third = MemoryStore::new();
    let only = |thing: &&Thing| !tells_of_a_restore(thing);
    let things: Vec<Thing> = things.iter().filter(only).cloned().collect();
    brought_in(&third, scope, &things).unwrap();
    comparable(&taken_out(&third, scope))
}

fn nothing_of_a_neighbour_is_taken_along(world: &World<'_>) {
    let acme = company(world, "acme.example", "acmecanary");
    let globex = company(world, "globex.example", "globexcanary");
    for (scope, own, other) in [
        (&acme, "acmecanary", "globexcanary"),
        (&globex, "globexcanary", "acmecanary"),
    ] {
        let all = comparable(&taken_out(world.store, scope)).join("\n");
        assert!(all.matches(own).count() > 10, "{own} is missing");
        assert!(!all.contains(other), "{other} was taken along");
        let stranger = if own.starts_with("acme") {
            &globex
        } else {
            &acme
        };
        assert!(!all.contains(&stranger.tenant().to_string()));
    }
}

fn half_a_company_is_not_seen_and_can_be_cleared_away(world: &World<'_>) {
    let first = MemoryStore::new();
    let acme = company(&World::from(&first, 1_000), "acme.example", "acme");
    let (facts, documents) = facts_and_documents(&taken_out(&first, &acme));
    let operator = PlatformScope::at_console();
    let bring = || {
        block_on(
            world
                .store
                .bring_facts(&operator, acme.tenant(), facts.clone()),
        )
    };
    bring().unwrap();
    bring().unwrap();
    assert_eq!(block_on(world.store.tenant_ids()).unwrap(), []);
    assert_eq!(world.get(&acme, KindName::Extension, "101"), None);
    assert_eq!(block_on(world.store.directory()).unwrap().0.tenants(), 0);
    block_on(world.store.clear_out(&operator, acme.tenant())).unwrap();
    bring().unwrap();
    block_on(world.store.move_in(&platform(), arrival(&acme, documents))).unwrap();
    let tenants = block_on(world.store.tenant_ids()).unwrap();
    assert_eq!(tenants, [acme.tenant()]);
    // a living company is touched by neither
    let refused = [
        bring().unwrap_err(),
        block_on(world.store.clear_out(&operator, acme.tenant())).unwrap_err(),
    ];
    for refused in refused {
        assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
    }
}

fn a_company_that_does_not_fit_leaves_nothing(world: &World<'_>) {
    let first = MemoryStore::new();
    let acme = company(&World::from(&first, 1_000), "acme.example", "acme");
    let (_, documents) = facts_and_documents(&taken_out(&first, &acme));
    let other = world.tenant("taken.example");
    let refused = |spoil: &dyn Fn(&mut Vec<Belonging>)| {
        let mut documents = documents.clone();
        spoil(&mut documents);
        let scope = platform();
        let moved = world.store.move_in(&scope, arrival(&acme, documents));
        let refused = block_on(moved).unwrap_err();
        let tenants = block_on(world.store.tenant_ids()).unwrap();
        assert_eq!(tenants, [other.tenant()], "{refused}");
        refused
    };
    let taken = refused(&|all| {
        all[0].document.spec["domains"] = serde_json::json!(["taken.example"]);
        all[0].document.name = "taken.example".to_owned();
    });
    assert!(
        matches!(&taken, StoreError::Conflict { key, .. } if key == "taken.example"),
        "{taken}"
    );
    let lost = refused(&|all| {
        all.retain(|one| one.document.kind != KindName::Extension);
    });
    assert!(matches!(lost, StoreError::Dangling(_)), "{lost}");
    let foreign = |document: &mut Document| document.owner = other.owner();
    for spoil in [
        &(|all: &mut Vec<Belonging>| foreign(&mut all[1].document)) as &dyn Fn(&mut Vec<_>),
        &|all: &mut Vec<Belonging>| all.swap(0, 1),
        &|all: &mut Vec<Belonging>| all.push(all[1].clone()),
        &|all: &mut Vec<Belonging>| {
            let device = all.iter_mut().find(|one| one.secret.is_some());
            device.unwrap().secret = Some(vec![1, 2, 3]);
        },
    ] {
        let refused = refused(spoil);
        assert!(matches!(refused, StoreError::Invalid(_)), "{refused}");
    }
    block_on(
        world
            .store
            .move_in(&platform(), arrival(&acme, documents.clone())),
    )
    .unwrap();
}

fn facts_of_another_company_are_refused(world: &World<'_>) {
    let first = MemoryStore::new();
    let there = World::from(&first, 1_000);
    let acme = company(&there, "acme.example", "acme");
    let globex = company(&there, "globex.example", "globex");
    let (facts, _) = facts_and_documents(&taken_out(&first, &globex));
    let operator = PlatformScope::at_console();
    for fact in facts {
        let neutral = matches!(fact, Fact::Latest(_) | Fact::Place { .. } | Fact::Policy(_));
        let brought = world
            .store
            .bring_facts(&operator, acme.tenant(), vec![fact]);
        assert_eq!(block_on(brought).is_ok(), neutral);
    }
}

/// Sells a company that is in an archive a plan, which is here.
fn sold(world: &World<'_>, things: &mut [Thing], maximum: &serde_json::Value) {
    let plan = serde_json::json!({ "name": "small", "maximum": maximum });
    let plan: Plan = serde_json::from_value(plan).unwrap();
    let id = PlanId::new(world.number(), 0);
    let create = Operation::Create(write(id, Owner::PLATFORM, plan));
    world.commit_below(vec![create]).unwrap();
    for thing in things {
        if let Thing::Document(belonging) = thing
            && belonging.document.kind == KindName::Tenant
        {
            belonging.document.spec["plan"] = serde_json::json!(id);
        }
    }
}

fn keys_beyond_the_plan_do_not_come_in_and_leave_nothing(world: &World<'_>) {
    let first = MemoryStore::new();
    let there = World::from(&first, 1_000);
    let acme = company(&there, "acme.example", "acme");
    let mut things = taken_out(&first, &acme);
    let key = things.iter().find_map(|thing| match thing {
        Thing::Fact(Fact::Token(token)) => Some(token.clone()),
        Thing::Fact(_) | Thing::Document(_) => None,
    });
    let more = |number: u64, revoked| {
        Thing::Fact(Fact::Token(TokenRecord {
            id: TokenId::new(number, 1),
            hash: TokenHash([u8::try_from(number).unwrap(); 32]),
            revoked,
            ..key.clone().unwrap()
        }))
    };
    // one that opens nothing is no matter
    things.extend([more(200, None), more(201, Some(time(2)))]);
    sold(world, &mut things, &serde_json::json!({ "keys": 1 }));
    let met = QuotaMet {
        kind: Topic::Key,
        limit: Limit::by_plan(1),
        in_use: 0,
        wanted: 2,
    };
    let refused = brought_in(world.store, &acme, &things);
    assert_eq!(refused, Err(StoreError::Quota(met)));
    assert_eq!(block_on(world.store.tenant_ids()).unwrap(), []);
    let second = more(200, None);
    things.retain(|thing| *thing != second);
    brought_in(world.store, &acme, &things).unwrap();
}

on_every_store!(
    keys_beyond_the_plan_do_not_come_in_and_leave_nothing,
    a_company_comes_back_as_it_was_with_its_secrets,
    what_people_sign_in_with_comes_along_and_their_logins_stay_behind,
    credentials_of_what_is_no_person_are_refused,
    nothing_of_a_neighbour_is_taken_along,
    half_a_company_is_not_seen_and_can_be_cleared_away,
    a_company_that_does_not_fit_leaves_nothing,
    facts_of_another_company_are_refused,
);
