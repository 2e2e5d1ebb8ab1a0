//! Trunks, numbers and routes: what accounts give to tenants, and to no others.

use domain::{
    CompiledTenant, Document, E164, KindName, RateDeck, Reference, Secret, SigningKey, Trunk,
};
use ids::{InboundRouteId, NumberId, OutboundRouteId, RateDeckId, SigningKeyId, TrunkId};
use machine::WallTime;
use ports::{Operation, SecretChange, StoreError, Write};
use serde_json::{Value, json};
use store::block_on;
use tenancy::{AccountScope, Owner, TenantScope};

use crate::accounts::a_resellers_scope;
use crate::on_every_store;
use crate::world::{World, delete, platform, replace, with, write};

/// Certificates of a key that signs calls.
pub(crate) const CHAIN: &str = include_str!("../../../../core/domain/tests/signing/chain.pem");
/// The key.
const KEY: &str = include_str!("../../../../core/domain/tests/signing/key.pem");

fn trunk_spec(name: &str, shared_with: &[&TenantScope]) -> Trunk {
    let shared: Vec<String> = shared_with
        .iter()
        .map(|to| to.tenant().to_string())
        .collect();
    serde_json::from_value(json!({
        "name": name, "mode": "peer", "peers": ["sip:sbc.carrier.example"], "shared_with": shared,
    }))
    .unwrap()
}

pub(crate) fn trunk_write(
    world: &World<'_>,
    owner: Owner,
    (name, shared_with): (&str, &[&TenantScope]),
) -> Write {
    let id = TrunkId::new(world.number(), 0);
    write(id, owner, trunk_spec(name, shared_with))
}

fn number_write(
    world: &World<'_>,
    owner: Owner,
    (number, tenant): (&str, Option<&TenantScope>),
) -> Write {
    let state = if tenant.is_some() { "assigned" } else { "free" };
    let tenant = tenant.map(|tenant| tenant.tenant().to_string());
    let spec = json!({ "number": number, "tenant": tenant, "state": state });
    let spec: domain::Number = serde_json::from_value(spec).unwrap();
    write(NumberId::new(world.number(), 0), owner, spec)
}

fn route_write(world: &World<'_>, scope: &TenantScope, trunks: &[&Document]) -> Write {
    let ids: Vec<&str> = trunks.iter().map(|trunk| trunk.id.as_str()).collect();
    let spec = json!({ "name": "out", "patterns": [{ "prefix": "0" }], "trunks": ids });
    let spec: domain::OutboundRoute = serde_json::from_value(spec).unwrap();
    write(OutboundRouteId::new(world.number(), 0), scope.owner(), spec)
}

fn below(
    world: &World<'_>,
    scope: &AccountScope,
    operation: Operation,
) -> Result<Option<Document>, StoreError> {
    let change = world.change(vec![operation]);
    let committed = block_on(world.store.commit_below(scope, change))?;
    Ok(committed.into_document())
}

fn given(world: &World<'_>, write: Write) -> Document {
    let made = below(world, &platform(), Operation::Create(write));
    made.unwrap().unwrap()
}

fn compiled(world: &World<'_>, scope: &TenantScope) -> CompiledTenant {
    let parts = block_on(world.store.load_tenant(scope)).unwrap();
    CompiledTenant::compile(parts.unwrap())
}

fn trunks(tenant: &CompiledTenant) -> Vec<(String, bool)> {
    let all = tenant.trunks().iter();
    all.map(|trunk| (trunk.spec.name.clone(), trunk.own))
        .collect()
}

fn numbers(tenant: &CompiledTenant) -> Vec<String> {
    let all = tenant.numbers().iter();
    all.map(|number| number.e164.to_string()).collect()
}

fn no_trunk(trunk: &Document) -> StoreError {
    StoreError::Dangling(Reference {
        kind: KindName::Trunk,
        id: trunk.id.clone(),
        field: "/trunks/0".to_owned(),
    })
}

fn key_write(world: &World<'_>, owner: Owner, (name, shared): (&str, &[&TenantScope])) -> Write {
    let shared: Vec<String> = shared.iter().map(|to| to.tenant().to_string()).collect();
    let spec: SigningKey = serde_json::from_value(json!({
        "name": name, "certificates": CHAIN, "x5u": "https://pbx.example/{id}",
        "shared_with": shared,
    }))
    .unwrap();
    let mut write = write(SigningKeyId::new(world.number(), 0), owner, spec);
    write.secret = SecretChange::Seal(Secret::private_key(KEY).unwrap());
    write
}

fn keys_sign_for_those_they_are_shared_with_and_their_certificates_are_everybodys(
    world: &World<'_>,
) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let root = platform().owner();
    let shared = given(world, key_write(world, root, ("shared", &[&acme])));
    given(world, key_write(world, root, ("private", &[])));
    world.create(&acme, key_write(world, acme.owner(), ("own", &[])));
    let keys = |scope: &TenantScope| {
        let found = compiled(world, scope);
        let keys = found.signing_keys().iter();
        let mut keys: Vec<_> = keys.map(|key| (key.name.to_string(), key.owner)).collect();
        keys.sort();
        keys
    };
    assert_eq!(
        keys(&acme),
        [
            ("own".to_owned(), acme.owner()),
            ("shared".to_owned(), root)
        ]
    );
    assert_eq!(keys(&globex), []);
    let found = compiled(world, &acme);
    let found = found
        .signing_keys()
        .iter()
        .find(|key| key.owner == root)
        .unwrap();
    assert_eq!(&*found.x5u, format!("https://pbx.example/{}", shared.id));
    assert_eq!(
        found.key,
        Secret::private_key(KEY).unwrap().signing_key().unwrap()
    );
    let public = |id: &str| block_on(world.store.certificates_of(id.parse().unwrap())).unwrap();
    assert_eq!(public(&shared.id).as_deref(), Some(CHAIN));
    assert_eq!(public("sgk_00000000000000000000000000"), None);
}

fn a_tenant_is_loaded_with_what_accounts_give_to_it_and_its_neighbour_without(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let root = platform().owner();
    let mut shared = trunk_write(world, root, ("carrier", &[&acme]));
    let secret = Secret::supplied("the carrier's own").unwrap();
    shared.secret = SecretChange::Seal(secret.clone());
    given(world, shared);
    given(world, trunk_write(world, root, ("private", &[])));
    world.create(&acme, trunk_write(world, acme.owner(), ("own", &[])));
    given(
        world,
        number_write(world, root, ("+493055501", Some(&acme))),
    );
    given(
        world,
        number_write(world, root, ("+493055502", Some(&globex))),
    );
    given(world, number_write(world, root, ("+493055503", None)));

    let (ours, theirs) = (compiled(world, &acme), compiled(world, &globex));
    assert_eq!(
        trunks(&ours),
        [("carrier".to_owned(), false), ("own".to_owned(), true)]
    );
    assert_eq!(numbers(&ours), ["+493055501"]);
    assert_eq!(trunks(&theirs), []);
    assert_eq!(numbers(&theirs), ["+493055502"]);
    let carrier = ours.trunks().iter().find(|trunk| !trunk.own).unwrap();
    assert_eq!(carrier.secret, Some(secret));
    assert!(
        carrier.spec.shared_with.is_empty(),
        "with whom else is not told"
    );
    let parts = block_on(world.store.load_tenant(&globex)).unwrap().unwrap();
    assert!(
        parts.lines.trunks.is_empty(),
        "nothing of others, not even to be left out"
    );
    let held = parts.lines.numbers.iter();
    let held: Vec<_> = held.map(|number| number.spec.number.as_str()).collect();
    assert_eq!(held, ["+493055502"]);
    let both = block_on(world.store.load_tenants(&[acme.clone(), globex])).unwrap();
    let both: Vec<_> = both.into_iter().map(CompiledTenant::compile).collect();
    assert_eq!(both, [ours, theirs]);
}

fn a_route_names_its_own_trunks_and_shared_ones_and_no_others(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let root = platform().owner();
    let shared = given(world, trunk_write(world, root, ("carrier", &[&acme])));
    let hidden = given(world, trunk_write(world, root, ("hidden", &[&globex])));
    let theirs = world.create(&globex, trunk_write(world, globex.owner(), ("own", &[])));
    for trunk in [&hidden, &theirs] {
        let write = route_write(world, &acme, &[trunk]);
        let refused = world.commit(&acme, vec![Operation::Create(write)]);
        assert_eq!(refused, Err(no_trunk(trunk)));
    }
    let own = world.create(&acme, trunk_write(world, acme.owner(), ("own", &[])));
    let route = world.create(&acme, route_write(world, &acme, &[&shared, &own]));
    let refused = below(
        world,
        &platform(),
        Operation::Delete {
            kind: KindName::Trunk,
            id: shared.id.clone(),
            expected_revision: None,
        },
    );
    assert!(matches!(refused, Err(StoreError::InUse { by, .. }) if by[0].id == route.id));
}

fn a_route_outlives_the_sharing_and_loses_the_trunk(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let root = platform().owner();
    let shared = given(world, trunk_write(world, root, ("carrier", &[&acme])));
    let route = world.create(&acme, route_write(world, &acme, &[&shared]));
    let before = world.cursor();
    let none: [String; 0] = [];
    below(
        world,
        &platform(),
        replace(with(&shared, "shared_with", none)),
    )
    .unwrap();
    let page = block_on(world.store.feed(before, 10)).unwrap();
    let heard: Vec<Owner> = page.entries.iter().map(|entry| entry.owner).collect();
    assert!(
        heard.contains(&acme.owner()),
        "the tenant's exchange hears of it"
    );
    assert_eq!(trunks(&compiled(world, &acme)), []);
    // the route may still be changed, and may not come anew
    world
        .commit(&acme, vec![replace(with(&route, "strip", 1))])
        .unwrap();
    world.commit(&acme, vec![delete(&route)]).unwrap();
    let again = route_write(world, &acme, &[&shared]);
    let refused = world.commit(&acme, vec![Operation::Create(again)]);
    assert_eq!(refused, Err(no_trunk(&shared)));
}

fn a_number_is_taken_once_on_the_platform(world: &World<'_>) {
    let north = a_resellers_scope(world, "north");
    let root = platform().owner();
    given(world, number_write(world, root, ("+493055501", None)));
    let again = number_write(world, north.owner(), ("+493055501", None));
    let refused = below(world, &north, Operation::Create(again));
    assert!(matches!(refused, Err(StoreError::Conflict { space, .. }) if space == "e164"));
}

fn a_reseller_gives_to_no_tenant_of_its_neighbours(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let north = a_resellers_scope(world, "north");
    let number = number_write(world, north.owner(), ("+493055501", Some(&acme)));
    let trunk = trunk_write(world, north.owner(), ("carrier", &[&acme]));
    for write in [number, trunk] {
        let refused = below(world, &north, Operation::Create(write));
        assert!(matches!(refused, Err(StoreError::Dangling(_))));
    }
    assert_eq!(trunks(&compiled(world, &acme)), []);
    let operators = given(
        world,
        number_write(world, platform().owner(), ("+493055502", None)),
    );
    for key in [operators.id.as_str(), "+493055502"] {
        let found = block_on(world.store.get_below(&north, KindName::Number, key));
        assert_eq!(
            found,
            Ok(None),
            "a reseller sees no number of the operator's"
        );
    }
}

fn a_tenant_to_which_a_number_is_assigned_is_not_deleted(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let root = platform().owner();
    let number = given(
        world,
        number_write(world, root, ("+493055501", Some(&acme))),
    );
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    let refused = world.commit_below(vec![delete(&own)]);
    assert!(matches!(refused, Err(StoreError::InUse { by, .. }) if by[0].id == number.id));
    let mut free = with(&number, "tenant", Value::Null);
    free.document.spec["state"] = json!("quarantined");
    below(world, &platform(), replace(free)).unwrap();
    world.commit_below(vec![delete(&own)]).unwrap();
}

fn two_enabled_trunks_have_no_source_in_common(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let spec = |enabled: bool| {
        let mut spec = trunk_spec("own", &[]);
        spec.sources = vec!["192.0.2.0/28".to_owned()];
        spec.enabled = enabled;
        spec
    };
    let make = |scope: &TenantScope, enabled| {
        let id = TrunkId::new(world.number(), 0);
        let write = write(id, scope.owner(), spec(enabled));
        world.commit(scope, vec![Operation::Create(write)])
    };
    make(&acme, true).unwrap();
    let refused = make(&globex, true);
    assert!(matches!(refused, Err(StoreError::Conflict { space, .. }) if space == "trunk_source"));
    make(&globex, false).unwrap();
}

fn an_inbound_route_is_loaded_with_the_extension_that_answers(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let desk = world.extension(&acme, "101");
    let spec = json!({ "name": "desk", "called": "+493055501", "extension": desk.id });
    let spec: domain::InboundRoute = serde_json::from_value(spec).unwrap();
    let id = InboundRouteId::new(world.number(), 0);
    world.create(&acme, write(id, acme.owner(), spec));
    let tenant = compiled(world, &acme);
    let route = tenant.inbound_routes().first().unwrap();
    assert_eq!((route.id, route.revision), (id, 1));
    assert_eq!(route.spec.extension.map(|id| id.to_string()), Some(desk.id));
}

fn deck_write(world: &World<'_>, owner: Owner, (name, price): (&str, u32)) -> Write {
    let rates = json!([{ "prefix": "33", "per_minute": price }]);
    let spec = json!({ "name": name, "currency": "EUR", "rates": rates });
    let spec: RateDeck = serde_json::from_value(spec).unwrap();
    write(RateDeckId::new(world.number(), 0), owner, spec)
}

/// What a minute to France costs by each trunk of a tenant's.
fn prices(tenant: &CompiledTenant) -> Vec<(String, Option<u32>)> {
    let paris = E164::of_digits("33140205050").unwrap();
    let trunks = tenant.trunks().iter();
    let price = |trunk| tenant.price(trunk, &paris, WallTime::UNIX_EPOCH);
    let price = |trunk| price(trunk).map(|found| found.price.per_minute);
    trunks
        .map(|trunk| (trunk.spec.name.clone(), price(trunk)))
        .collect()
}

fn a_trunk_costs_what_its_owners_decks_say_and_a_change_reaches_those_who_share_it(
    world: &World<'_>,
) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let root = platform().owner();
    let shared = given(world, deck_write(world, root, ("prices", 7)));
    let unused = given(world, deck_write(world, root, ("unused", 8)));
    let mut trunk = trunk_write(world, root, ("carrier", &[&acme]));
    trunk.document.spec["rate_decks"] = json!([shared.id]);
    given(world, trunk);
    let own = world.create(&acme, deck_write(world, acme.owner(), ("prices", 9)));
    let mut trunk = trunk_write(world, acme.owner(), ("own", &[]));
    trunk.document.spec["rate_decks"] = json!([own.id]);
    world.create(&acme, trunk);
    let both = |shared| {
        let all = [("carrier", Some(shared)), ("own", Some(9))];
        all.map(|(name, price)| (name.to_owned(), price)).to_vec()
    };
    assert_eq!(prices(&compiled(world, &acme)), both(7));
    let parts = block_on(world.store.load_tenants(&[acme.clone(), globex])).unwrap();
    let held: Vec<usize> = parts.iter().map(|parts| parts.lines.decks.len()).collect();
    assert_eq!(held, [2, 0], "nobody is handed a deck that is not for it");
    let before = world.cursor();
    let dearer = json!([{ "prefix": "33", "per_minute": 70 }]);
    below(world, &platform(), replace(with(&shared, "rates", dearer))).unwrap();
    let page = block_on(world.store.feed(before, 10)).unwrap();
    let heard: Vec<Owner> = page.entries.iter().map(|entry| entry.owner).collect();
    assert_eq!(heard, [acme.owner(), root], "and nobody else hears of it");
    assert_eq!(prices(&compiled(world, &acme)), both(70));
    // a deck of the account above is nothing that a company's own trunk may name
    let mut trunk = trunk_write(world, acme.owner(), ("second", &[]));
    trunk.document.spec["rate_decks"] = json!([unused.id]);
    let refused = world.commit(&acme, vec![Operation::Create(trunk)]);
    assert!(matches!(refused, Err(StoreError::Dangling(to)) if to.id == unused.id));
    let used = below(world, &platform(), delete(&shared));
    assert!(matches!(used, Err(StoreError::InUse { .. })));
}

on_every_store!(
    a_trunk_costs_what_its_owners_decks_say_and_a_change_reaches_those_who_share_it,
    keys_sign_for_those_they_are_shared_with_and_their_certificates_are_everybodys,
    a_tenant_is_loaded_with_what_accounts_give_to_it_and_its_neighbour_without,
    a_route_names_its_own_trunks_and_shared_ones_and_no_others,
    a_route_outlives_the_sharing_and_loses_the_trunk,
    a_number_is_taken_once_on_the_platform,
    a_reseller_gives_to_no_tenant_of_its_neighbours,
    a_tenant_to_which_a_number_is_assigned_is_not_deleted,
    two_enabled_trunks_have_no_source_in_common,
    an_inbound_route_is_loaded_with_the_extension_that_answers,
);
