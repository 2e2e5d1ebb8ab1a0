//! Support accesses: who entered a tenant from above, and whether it lets them.

use std::time::Duration;

use domain::{
    AuditEntry, Event, EventKind, KindName, SUPPORT_KEPT, SupportAccess, SupportPolicy,
    SupportState,
};
use ids::{AuditId, EventId, SupportId, TokenId};
use ports::{EventQuery, SUPPORT_OF_ONE, StoreError};
use store::block_on;
use tenancy::{Account, Actor, TenantScope};

use crate::on_every_store;
use crate::world::{World, delete, time};

fn actor(number: u128) -> Actor {
    Actor::Token(TokenId::new(1, number))
}

fn access(scope: &TenantScope, number: u64, who: Actor) -> SupportAccess {
    let id = SupportId::new(number, 1);
    let why = ("a call that fails".to_owned(), Duration::from_secs(60));
    let who = (Account::Platform, who);
    SupportAccess::asked(id, scope.tenant(), who, why, time(number))
}

fn entry(scope: &TenantScope, number: u64) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(number, 9),
        owner: scope.owner(),
        at: time(number),
        actor: scope.actor().to_string(),
        action: "support.asked".to_owned(),
        target: scope.tenant().to_string(),
        before: None,
        after: None,
        request: None,
    }
}

fn put(
    world: &World<'_>,
    scope: &TenantScope,
    (access, number): (&SupportAccess, u64),
    new: bool,
) -> Result<bool, StoreError> {
    let event = Event {
        id: EventId::new(number, 9),
        tenant: scope.tenant(),
        kind: EventKind::SupportAsked,
        at: time(number),
        cursor: 0,
        subject: access.id.to_string(),
        data: serde_json::json!({}),
    };
    let told = (&entry(scope, number), &event);
    block_on(world.store.put_support_access(scope, access, new, told))
}

fn events(world: &World<'_>, scope: &TenantScope) -> usize {
    let page = block_on(world.store.events(scope, &EventQuery::default())).unwrap();
    let asked = page.events.iter();
    asked
        .filter(|event| event.kind == EventKind::SupportAsked)
        .count()
}

/// Gives a tenant a policy and an access.
pub(crate) fn with_support(world: &World<'_>, scope: &TenantScope) {
    let policy = SupportPolicy::Forbidden;
    let entry = entry(scope, 7);
    block_on(world.store.set_support_policy(scope, policy, &entry)).unwrap();
    let one = access(scope, 7, actor(1));
    assert_eq!(put(world, scope, (&one, 8), true), Ok(true));
}

fn an_access_is_added_once_and_replaced_when_it_is_decided(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let asked = access(&acme, 5, actor(1));
    assert_eq!(put(world, &acme, (&asked, 100), true), Ok(true));
    assert_eq!(put(world, &acme, (&asked, 101), true), Ok(false));
    assert_eq!(events(world, &acme), 1);
    let granted = asked.granted(time(6), Some(actor(2)));
    assert_eq!(put(world, &acme, (&granted, 102), false), Ok(true));
    let found = block_on(world.store.support_access(&acme, granted.id)).unwrap();
    assert_eq!(found.unwrap().state, SupportState::Granted);
    let standing = block_on(world.store.support(&acme, None)).unwrap();
    assert_eq!(standing.accesses, [granted]);
    assert_eq!(events(world, &acme), 2);
}

fn a_tenant_is_open_until_it_says_otherwise_and_alone_in_that(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    with_support(world, &acme);
    let standing = |scope| block_on(world.store.support(scope, None)).unwrap();
    assert_eq!(standing(&acme).policy, SupportPolicy::Forbidden);
    assert_eq!(standing(&globex), Default::default());
    let theirs = standing(&acme).accesses[0].id;
    assert_eq!(
        block_on(world.store.support_access(&globex, theirs)),
        Ok(None)
    );
}

fn a_neighbours_support_outlives_an_erased_tenant(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    with_support(world, &acme);
    with_support(world, &globex);
    let standing = |scope| block_on(world.store.support(scope, None)).unwrap();
    let before = standing(&globex);
    crate::erasure::erase(world, &acme);
    assert_eq!(standing(&globex), before);
    assert_eq!(before.policy, SupportPolicy::Forbidden);
    assert_eq!(before.accesses.len(), 1);
}

fn the_latest_of_one_actor_and_of_all_are_kept(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    for number in 1..=(SUPPORT_OF_ONE as u64 + 4) {
        let one = access(&acme, 2 * number, actor(1));
        put(world, &acme, (&one, 1_000 + 2 * number), true).unwrap();
        let other = access(&acme, 2 * number + 1, actor(2));
        put(world, &acme, (&other, 1_001 + 2 * number), true).unwrap();
    }
    let of_one = block_on(world.store.support(&acme, Some(actor(1)))).unwrap();
    assert_eq!(of_one.accesses.len(), SUPPORT_OF_ONE);
    assert!(of_one.accesses.is_sorted_by(|a, b| a.id > b.id));
    let own = |access: &SupportAccess| access.actor == actor(1).to_string();
    assert!(of_one.accesses.iter().all(own));
}

fn what_one_actor_did_elsewhere_is_not_told(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let own = access(&acme, 1, actor(1));
    put(world, &acme, (&own, 1_000), true).unwrap();
    for number in 2..=(SUPPORT_OF_ONE as u64 + 2) {
        let elsewhere = access(&globex, number, actor(1));
        put(world, &globex, (&elsewhere, 1_000 + number), true).unwrap();
    }
    let told = block_on(world.store.support(&acme, Some(actor(1)))).unwrap();
    assert_eq!(told.accesses, [own]);
}

fn no_more_accesses_are_kept_than_the_bound(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let early = access(&globex, 1, actor(1));
    assert_eq!(put(world, &globex, (&early, 9_999), true), Ok(true));
    for number in 1..=(SUPPORT_KEPT as u64 + 1) {
        let one = access(&acme, number, actor(1));
        put(world, &acme, (&one, 10_000 + number), true).unwrap();
    }
    let all = block_on(world.store.support(&acme, None)).unwrap().accesses;
    assert_eq!(all.len(), SUPPORT_KEPT);
    assert_eq!(all.last().unwrap().id, SupportId::new(2, 1));
    // what a neighbour has is neither counted nor forgotten
    let kept = block_on(world.store.support(&globex, None)).unwrap();
    assert_eq!(kept.accesses.len(), 1);
}

fn accesses_are_erased_with_their_tenant(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    with_support(world, &acme);
    let own = acme.tenant().to_string();
    let own = world.get(&acme, KindName::Tenant, &own).unwrap();
    world.commit_below(vec![delete(&own)]).unwrap();
    let standing = block_on(world.store.support(&acme, None)).unwrap();
    assert_eq!(standing, Default::default());
    let one = access(&acme, 9, actor(1));
    let refused = put(world, &acme, (&one, 9), true);
    assert_eq!(refused, Err(StoreError::NotFound));
}

on_every_store!(
    an_access_is_added_once_and_replaced_when_it_is_decided,
    a_tenant_is_open_until_it_says_otherwise_and_alone_in_that,
    a_neighbours_support_outlives_an_erased_tenant,
    the_latest_of_one_actor_and_of_all_are_kept,
    what_one_actor_did_elsewhere_is_not_told,
    no_more_accesses_are_kept_than_the_bound,
    accesses_are_erased_with_their_tenant,
);
