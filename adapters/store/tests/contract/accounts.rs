//! The tree of accounts: who sees whom, who may sell what, and how much may lie below.

use domain::{
    Document, KindName, Limit, Plan, Quotas, Referrer, Reseller, ResellerLimits, WEBHOOKS_MAX,
    Webhook,
};
use ids::{PlanId, ResellerId, TenantId, WebhookId};
use ports::{Operation, Page, QuotaMet, StoreError, Write};
use store::block_on;
use tenancy::{Account, AccountScope, CapOverrides, Owner, TenantScope};

use crate::on_every_store;
use crate::world::{World, delete, platform, replace, with, write};

/// The scope of a reseller that lies directly or deeper below the platform.
fn scope_of(world: &World<'_>, reseller: &Document) -> AccountScope {
    let reference = tenancy::Unresolved::<Reseller>::new(reseller.id.as_str());
    let (below, _) = block_on(ports::locate_below(world.store, &platform(), &reference)).unwrap();
    platform().descend(below).unwrap()
}

fn reseller_spec(name: &str, parent: Option<&Document>) -> Reseller {
    Reseller {
        name: name.to_owned(),
        display_name: String::new(),
        parent: parent.map(|parent| parent.id.parse().unwrap()),
        plans: Vec::new(),
        limits: ResellerLimits::default(),
        ceiling: domain::Ceiling::default(),
        brand: domain::Brand::default(),
        enabled: true,
    }
}

fn reseller_write(world: &World<'_>, spec: Reseller) -> Write {
    let id = ResellerId::new(world.number(), 0);
    write(id, id.into(), spec)
}

fn commit(
    world: &World<'_>,
    scope: &AccountScope,
    operation: Operation,
) -> Result<Option<Document>, StoreError> {
    let change = world.change(vec![operation]);
    block_on(world.store.commit_below(scope, change)).map(ports::Committed::into_document)
}

fn reseller(world: &World<'_>, name: &str, parent: Option<&Document>) -> Document {
    let write = reseller_write(world, reseller_spec(name, parent));
    let made = commit(world, &platform(), Operation::Create(write));
    made.unwrap().unwrap()
}

/// The scope of a new reseller of this name.
pub(crate) fn a_resellers_scope(world: &World<'_>, name: &str) -> AccountScope {
    scope_of(world, &reseller(world, name, None))
}

fn plan_write(world: &World<'_>, owner: Owner, name: &str, maximum: Quotas) -> Write {
    let spec = Plan {
        name: name.to_owned(),
        display_name: String::new(),
        included: Quotas::default(),
        maximum,
        caps: tenancy::Caps::default(),
        without: std::collections::BTreeSet::new(),
        toll_budget: None,
        enabled: true,
    };
    write(PlanId::new(world.number(), 0), owner, spec)
}

fn plan(world: &World<'_>, scope: &AccountScope, name: &str, maximum: Quotas) -> Document {
    let write = plan_write(world, scope.owner(), name, maximum);
    let made = commit(world, scope, Operation::Create(write));
    made.unwrap().unwrap()
}

fn tenant_write(
    world: &World<'_>,
    domain: &str,
    reseller: Option<&Document>,
    plan: Option<&Document>,
) -> Write {
    let id = TenantId::new(world.number(), 0);
    let spec = domain::Tenant {
        domains: vec![domain.to_owned()],
        mail_domains: Vec::new(),
        display_name: String::new(),
        reseller: reseller.map(|reseller| reseller.id.parse().unwrap()),
        plan: plan.map(|plan| plan.id.parse().unwrap()),
        caps: CapOverrides::default(),
        ceiling: domain::Ceiling::default(),
        ladders: domain::KeptLadders::default(),
        dialling: None,
        texts_kept_days: 7,
        music_on_hold: true,
        language: domain::Language::default(),
        time_zone: "UTC".to_owned(),
        captured: true,
        enabled: true,
    };
    write(id, id.into(), spec)
}

fn tenant(world: &World<'_>, domain: &str, reseller: Option<&Document>) -> Document {
    let write = tenant_write(world, domain, reseller, None);
    let made = commit(world, &platform(), Operation::Create(write));
    made.unwrap().unwrap()
}

fn seen(world: &World<'_>, scope: &AccountScope, kind: KindName) -> Vec<String> {
    let listing = block_on(world.store.list_below(scope, kind, &Page::default())).unwrap();
    listing.documents.into_iter().map(|d| d.name).collect()
}

fn finds(world: &World<'_>, scope: &AccountScope, document: &Document) -> bool {
    let by = |key: &str| block_on(world.store.get_below(scope, document.kind, key)).unwrap();
    let (by_id, by_name) = (by(&document.id), by(&document.name));
    assert_eq!(by_id.is_some(), by_name.is_some());
    let history = world
        .store
        .history_below(scope, document.kind, &document.id);
    assert_eq!(block_on(history).is_ok(), by_id.is_some());
    by_id.is_some()
}

fn an_account_sees_exactly_what_lies_below_it(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let oslo = reseller(world, "oslo", Some(&north));
    let south = reseller(world, "south", None);
    let acme = tenant(world, "acme.example", Some(&north));
    let deep = tenant(world, "deep.example", Some(&oslo));
    let rome = tenant(world, "rome.example", Some(&south));
    let own = tenant(world, "own.example", None);
    let all = [
        "acme.example",
        "deep.example",
        "rome.example",
        "own.example",
    ];
    assert_eq!(seen(world, &platform(), KindName::Tenant), all);
    assert_eq!(
        seen(world, &platform(), KindName::Reseller),
        ["north", "oslo", "south"]
    );
    let scope = scope_of(world, &north);
    assert_eq!(
        scope.account(),
        Account::Reseller(north.id.parse().unwrap())
    );
    assert_eq!(
        seen(world, &scope, KindName::Tenant),
        ["acme.example", "deep.example"]
    );
    assert_eq!(seen(world, &scope, KindName::Reseller), ["oslo"]);
    for (document, visible) in [
        (&north, true),
        (&oslo, true),
        (&acme, true),
        (&deep, true),
        (&south, false),
        (&rome, false),
        (&own, false),
    ] {
        assert_eq!(finds(world, &scope, document), visible, "{}", document.name);
    }
    let scope = scope_of(world, &oslo);
    assert_eq!(seen(world, &scope, KindName::Tenant), ["deep.example"]);
    assert!(!finds(world, &scope, &north));
    assert!(!finds(world, &scope, &acme));
}

fn an_account_changes_nothing_beside_or_above_it(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let south = reseller(world, "south", None);
    let rome = tenant(world, "rome.example", Some(&south));
    let own = tenant(world, "own.example", None);
    let gold = plan(world, &platform(), "gold", Quotas::default());
    let scope = scope_of(world, &north);
    for document in [&south, &rome, &own, &gold] {
        let change = with(document, "display_name", "mine");
        let refused = commit(world, &scope, replace(change));
        assert_eq!(refused, Err(StoreError::NotFound), "{}", document.name);
        let refused = commit(world, &scope, delete(document));
        assert_eq!(refused, Err(StoreError::NotFound), "{}", document.name);
    }
    // neither is anything made or moved there
    let intruder = tenant_write(world, "new.example", Some(&south), None);
    let refused = commit(world, &scope, Operation::Create(intruder)).unwrap_err();
    assert!(matches!(refused, StoreError::Dangling(r) if r.field == "/reseller"));
    let beside = tenant_write(world, "new.example", None, None);
    let refused = commit(world, &scope, Operation::Create(beside)).unwrap_err();
    assert!(matches!(refused, StoreError::Invalid(i) if i.field == "/reseller"));
    let acme = tenant(world, "acme.example", Some(&north));
    let away = with(&acme, "reseller", &south.id);
    let refused = commit(world, &scope, replace(away)).unwrap_err();
    assert!(matches!(refused, StoreError::Dangling(r) if r.field == "/reseller"));
    let foreign = plan_write(world, Owner::PLATFORM, "silver", Quotas::default());
    let refused = commit(world, &scope, Operation::Create(foreign)).unwrap_err();
    assert!(matches!(refused, StoreError::Invalid(i) if i.field == "/owner"));
}

fn a_reseller_changes_its_looks_and_not_its_limits(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let scope = scope_of(world, &north);
    let named = commit(
        world,
        &scope,
        replace(with(&north, "display_name", "North")),
    );
    let named = named.unwrap().unwrap();
    let mut greedy = with(&named, "display_name", "North");
    greedy.document.spec["limits"]["tenants"] = 1_000.into();
    let refused = commit(world, &scope, replace(greedy.clone())).unwrap_err();
    assert!(matches!(refused, StoreError::Invalid(i) if i.field == "/limits"));
    assert_eq!(
        commit(world, &scope, delete(&named)),
        Err(StoreError::NotFound)
    );
    assert!(commit(world, &platform(), replace(greedy)).is_ok());
}

fn a_plan_is_sold_by_its_account_and_by_whom_it_was_granted_to(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let scope = scope_of(world, &north);
    let gold = plan(world, &platform(), "gold", Quotas::default());
    let local = plan(world, &scope, "gold", Quotas::default());
    assert_eq!(seen(world, &scope, KindName::Plan), ["gold"]);
    assert!(finds(world, &scope, &local));
    let make = |domain: &str, plan: &Document| {
        let write = tenant_write(world, domain, Some(&north), Some(plan));
        commit(world, &scope, Operation::Create(write))
    };
    assert!(make("a.example", &local).is_ok());
    let refused = make("b.example", &gold).unwrap_err();
    assert!(matches!(refused, StoreError::Dangling(r) if r.field == "/plan"));
    let mut grant = with(&north, "display_name", "");
    grant.document.spec["plans"] = vec![gold.id.clone()].into();
    commit(world, &platform(), replace(grant)).unwrap();
    assert!(make("b.example", &gold).is_ok());
    let by = commit(world, &platform(), delete(&gold)).unwrap_err();
    let StoreError::InUse { by, .. } = by else {
        panic!("{by}");
    };
    let kinds: Vec<KindName> = by.iter().map(|user| user.kind).collect();
    assert_eq!(kinds, [KindName::Reseller, KindName::Tenant]);
    let own = tenant_write(world, "own.example", None, Some(&gold));
    commit(world, &platform(), Operation::Create(own)).unwrap();
    let users = |scope: &AccountScope| -> Vec<String> {
        let place = (KindName::Plan, gold.id.as_str());
        let found = block_on(world.store.referrers_below(scope, place, None, 9)).unwrap();
        found.by.into_iter().map(|one| one.name).collect()
    };
    assert_eq!(users(&platform()), ["north", "b.example", "own.example"]);
    assert_eq!(
        users(&scope),
        ["north", "b.example"],
        "a neighbour's is not told"
    );
}

fn a_disabled_plan_is_kept_and_not_given_anew(world: &World<'_>) {
    let gold = plan(world, &platform(), "gold", Quotas::default());
    let make = |domain: &str| {
        let write = tenant_write(world, domain, None, Some(&gold));
        commit(world, &platform(), Operation::Create(write))
    };
    let acme = make("acme.example").unwrap().unwrap();
    let mut disabled = with(&gold, "display_name", "");
    disabled.document.spec["enabled"] = false.into();
    commit(world, &platform(), replace(disabled)).unwrap();
    assert!(matches!(make("late.example"), Err(StoreError::Dangling(_))));
    let renamed = with(&acme, "display_name", "Acme");
    assert!(commit(world, &platform(), replace(renamed)).is_ok());
}

/// A refusal for want of room: of what, beyond which limit, with how many there and how many more
/// wanted.
fn met<T>(kind: KindName, limit: Limit, (in_use, wanted): (u64, u64)) -> Result<T, StoreError> {
    let kind = kind.into();
    Err(StoreError::Quota(QuotaMet {
        kind,
        limit,
        in_use,
        wanted,
    }))
}

/// A new tenant that may have this much, with its plan.
pub(crate) fn tenant_on(world: &World<'_>, maximum: Quotas) -> (Document, TenantScope) {
    let gold = plan(world, &platform(), "gold", maximum);
    let write = tenant_write(world, "acme.example", None, Some(&gold));
    let made = commit(world, &platform(), Operation::Create(write));
    let owner = made.unwrap().unwrap().owner;
    let scope = TenantScope::for_job(owner.tenant().unwrap(), "test");
    (gold, scope)
}

fn no_more_is_made_than_the_plan_allows(world: &World<'_>) {
    let two = Quotas {
        extensions: Some(2),
        ..Quotas::default()
    };
    let (gold, acme) = tenant_on(world, two);
    let first = world.extension(&acme, "101");
    world.extension(&acme, "102");
    let third = world.extension_write(&acme, "103");
    let refused = world.commit(&acme, vec![Operation::Create(third.clone())]);
    assert_eq!(refused, met(KindName::Extension, Limit::by_plan(2), (2, 1)));
    // room is made and taken in one change
    let swap = vec![delete(&first), Operation::Create(third)];
    assert!(world.commit(&acme, swap).is_ok());
    // a changed plan holds at once
    let mut wider = with(&gold, "display_name", "");
    wider.document.spec["maximum"]["extensions"] = 3.into();
    commit(world, &platform(), replace(wider)).unwrap();
    world.extension(&acme, "104");
    let parts = block_on(world.store.load_tenant(&acme)).unwrap().unwrap();
    assert_eq!(parts.plan.unwrap().spec.maximum.extensions, Some(3));
    let id = gold.id.parse().unwrap();
    let on = block_on(world.store.tenants_on(id)).unwrap();
    assert_eq!(on, [acme.tenant()]);
}

fn no_more_webhooks_are_made_than_any_company_may_have(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let hook = |number: u32| {
        let spec = Webhook {
            name: format!("hook{number}"),
            url: "https://crm.example/".to_owned(),
            events: Vec::new(),
            enabled: true,
        };
        Operation::Create(write(WebhookId::new(world.number(), 0), acme.owner(), spec))
    };
    let all = (0..WEBHOOKS_MAX).map(hook).collect();
    world.commit(&acme, all).unwrap();
    let refused = world.commit(&acme, vec![hook(WEBHOOKS_MAX)]);
    let (limit, all) = (Limit::by_exchange(WEBHOOKS_MAX), u64::from(WEBHOOKS_MAX));
    assert_eq!(refused, met(KindName::Webhook, limit, (all, 1)));
}

fn no_more_lies_below_a_reseller_than_its_limits_allow(world: &World<'_>) {
    let mut spec = reseller_spec("north", None);
    spec.limits.tenants = Some(2);
    let write = reseller_write(world, spec);
    let north = commit(world, &platform(), Operation::Create(write))
        .unwrap()
        .unwrap();
    let oslo = reseller(world, "oslo", Some(&north));
    tenant(world, "a.example", Some(&north));
    let b = tenant(world, "b.example", Some(&oslo));
    let one_more = || tenant_write(world, "c.example", Some(&oslo), None);
    let refused = commit(world, &platform(), Operation::Create(one_more()));
    assert_eq!(
        refused,
        met(KindName::Tenant, Limit::by_reseller(2), (2, 1))
    );
    commit(world, &platform(), delete(&b)).unwrap();
    assert!(commit(world, &platform(), Operation::Create(one_more())).is_ok());
}

/// A reseller right below the platform, or below another, with these limits.
fn limited(
    world: &World<'_>,
    name: &str,
    parent: Option<&Document>,
    limits: ResellerLimits,
) -> Document {
    let spec = Reseller {
        limits,
        ..reseller_spec(name, parent)
    };
    let made = Operation::Create(reseller_write(world, spec));
    commit(world, &platform(), made).unwrap().unwrap()
}

fn a_company_is_not_moved_to_where_one_more_would_be_too_many(world: &World<'_>) {
    let one = ResellerLimits {
        tenants: Some(1),
        ..ResellerLimits::default()
    };
    let north = limited(world, "north", None, one);
    let oslo = reseller(world, "oslo", Some(&north));
    let own = tenant(world, "a.example", Some(&oslo));
    let other = tenant(world, "b.example", None);
    let moved = |to: &Document| replace(with(&other, "reseller", &to.id));
    let refused = met(KindName::Tenant, Limit::by_reseller(1), (1, 1));
    assert_eq!(commit(world, &platform(), moved(&north)), refused);
    assert_eq!(commit(world, &platform(), moved(&oslo)), refused);
    // below the same account it may move, and where there is room again too
    let up = replace(with(&own, "reseller", &north.id));
    let up = commit(world, &platform(), up).unwrap().unwrap();
    commit(world, &platform(), delete(&up)).unwrap();
    commit(world, &platform(), moved(&oslo)).unwrap();
}

fn a_reseller_is_not_moved_with_more_below_it_than_there_is_room_for(world: &World<'_>) {
    let few = ResellerLimits {
        resellers: Some(2),
        tenants: Some(2),
    };
    let north = limited(world, "north", None, few);
    let south = reseller(world, "south", None);
    let rome = reseller(world, "rome", Some(&south));
    for domain in ["a.example", "b.example", "c.example"] {
        tenant(world, domain, Some(&rome));
    }
    let below_north = || replace(with(&south, "parent", &north.id));
    let refused = met(KindName::Tenant, Limit::by_reseller(2), (0, 3));
    assert_eq!(commit(world, &platform(), below_north()), refused);
    let mut wider = with(&north, "display_name", "North");
    wider.document.spec["limits"]["tenants"] = 3.into();
    let wider = commit(world, &platform(), replace(wider)).unwrap().unwrap();
    commit(world, &platform(), below_north()).unwrap();
    let more = reseller_write(world, reseller_spec("bari", Some(&rome)));
    let refused = met(KindName::Reseller, Limit::by_reseller(2), (2, 1));
    assert_eq!(
        commit(world, &platform(), Operation::Create(more)),
        refused,
        "{}",
        wider.name
    );
}

fn a_reseller_with_anything_below_it_is_not_deleted(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let oslo = reseller(world, "oslo", Some(&north));
    let acme = tenant(world, "acme.example", Some(&oslo));
    let gold = plan(world, &scope_of(world, &oslo), "gold", Quotas::default());
    let user = |document: &Document, field: &str| Referrer {
        kind: document.kind,
        id: document.id.clone(),
        name: document.name.clone(),
        field: field.to_owned(),
    };
    let refused = commit(world, &platform(), delete(&north));
    let by = vec![user(&oslo, "/parent")];
    assert_eq!(refused, Err(StoreError::InUse { by, more: 0 }));
    let refused = commit(world, &platform(), delete(&oslo));
    let by = vec![user(&acme, "/reseller"), user(&gold, "/owner")];
    assert_eq!(refused, Err(StoreError::InUse { by, more: 0 }));
    commit(world, &platform(), delete(&acme)).unwrap();
    commit(world, &scope_of(world, &oslo), delete(&gold)).unwrap();
    commit(world, &scope_of(world, &north), delete(&oslo)).unwrap();
    commit(world, &platform(), delete(&north)).unwrap();
    assert!(seen(world, &platform(), KindName::Reseller).is_empty());
}

fn accounts_never_lie_below_themselves(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let oslo = reseller(world, "oslo", Some(&north));
    let circle = with(&north, "parent", &oslo.id);
    let refused = commit(world, &platform(), replace(circle)).unwrap_err();
    assert!(matches!(refused, StoreError::Invalid(i) if i.field == "/parent"));
    let itself = with(&north, "parent", &north.id);
    let refused = commit(world, &platform(), replace(itself)).unwrap_err();
    assert!(matches!(refused, StoreError::Invalid(i) if i.field == "/parent"));
}

fn what_all_companies_below_an_account_have_is_summed_and_nothing_beside(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let deep = reseller(world, "deep", Some(&north));
    let south = reseller(world, "south", None);
    let places = [Some(&north), Some(&deep), Some(&south), None];
    for ((extensions, seller), domain) in (1..).zip(places).zip(["a", "b", "c", "d"]) {
        let own = tenant(world, &format!("{domain}.example"), seller);
        let scope = TenantScope::for_job(own.id.parse().unwrap(), "test");
        for number in 0..extensions {
            world.extension(&scope, &format!("{}", 101 + number));
        }
    }
    let within = |scope: &AccountScope, kind| block_on(world.store.count_within(scope, kind));
    for (account, sum) in [(&north, 3), (&deep, 2), (&south, 3)] {
        let scope = scope_of(world, account);
        assert_eq!(within(&scope, KindName::Extension), Ok(sum));
        assert_eq!(within(&scope, KindName::Device), Ok(0));
        assert_eq!(within(&scope, KindName::Reseller), Ok(0), "no company's");
    }
    assert_eq!(within(&platform(), KindName::Extension), Ok(10));
}

fn a_reseller_moves_with_all_that_lies_below_it(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let south = reseller(world, "south", None);
    let oslo = reseller(world, "oslo", Some(&north));
    let acme = tenant(world, "acme.example", Some(&oslo));
    let (old, new) = (scope_of(world, &north), scope_of(world, &south));
    commit(
        world,
        &platform(),
        replace(with(&oslo, "parent", &south.id)),
    )
    .unwrap();
    assert!(!finds(world, &old, &acme));
    assert!(finds(world, &new, &acme));
}

fn parts_of_several_owners_are_carried_out_together_or_not_at_all(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let scope = scope_of(world, &north);
    let company = tenant_write(world, "acme.example", Some(&north), None);
    let acme = company.document.owner;
    let part = |owner: Owner, operations: Vec<Operation>| ports::Part {
        owner,
        change: world.change(operations),
    };
    let extension = |number: &str| {
        let scope = TenantScope::for_job(acme.tenant().unwrap(), "test");
        Operation::Create(world.extension_write(&scope, number))
    };
    let found = || {
        block_on(
            world
                .store
                .get_below(&scope, KindName::Tenant, "acme.example"),
        )
    };
    let before = world.cursor();
    let twice = vec![
        part(scope.owner(), vec![Operation::Create(company.clone())]),
        part(acme, vec![extension("101"), extension("101")]),
    ];
    let refused = block_on(world.store.commit_parts(&scope, twice)).unwrap_err();
    assert!(matches!(refused.error, StoreError::Conflict { space, .. } if space == "number"));
    assert_eq!(refused.at, Some(2), "the second part's second");
    assert_eq!((found().unwrap(), world.cursor()), (None, before));
    let whole = vec![
        part(scope.owner(), vec![Operation::Create(company)]),
        part(acme, vec![extension("101"), extension("102")]),
    ];
    let done = block_on(world.store.commit_parts(&scope, whole)).unwrap();
    assert_eq!((done.len(), done[1].written.len()), (2, 2));
    // nobody works through parts where the account does not reach
    let south = scope_of(world, &reseller(world, "south", None));
    for owner in [acme, Owner::PLATFORM, scope.owner()] {
        let foreign = vec![part(owner, Vec::new())];
        let refused = block_on(world.store.commit_parts(&south, foreign));
        let refused = refused.map_err(|refused| refused.error);
        assert_eq!(refused, Err(StoreError::NotFound), "{owner}");
    }
}

fn a_reseller_sees_the_plans_that_it_was_granted(world: &World<'_>) {
    let north = reseller(world, "north", None);
    let south = reseller(world, "south", None);
    let gold = plan(world, &platform(), "gold", Quotas::default());
    plan(world, &platform(), "secret", Quotas::default());
    let mut grant = with(&north, "display_name", "");
    grant.document.spec["plans"] = vec![gold.id.clone()].into();
    commit(world, &platform(), replace(grant)).unwrap();
    let (north, south) = (scope_of(world, &north), scope_of(world, &south));
    assert_eq!(seen(world, &north, KindName::Plan), ["gold"]);
    assert!(seen(world, &south, KindName::Plan).is_empty());
    let by_id = |scope| block_on(world.store.get_below(scope, KindName::Plan, &gold.id)).unwrap();
    assert_eq!(by_id(&north), Some(gold.clone()));
    assert_eq!(by_id(&south), None);
    let theirs = with(&gold, "display_name", "mine");
    assert_eq!(
        commit(world, &north, replace(theirs)),
        Err(StoreError::NotFound)
    );
}

fn a_portal_leads_to_the_one_reseller_whose_it_is(world: &World<'_>) {
    let found = |domain: &str| block_on(world.store.reseller_of_portal(domain)).unwrap();
    let north = reseller(world, "north", None);
    let south = reseller(world, "south", None);
    world.tenant("acme.example");
    let brand = |at: &Document, domain: &str| {
        replace(with(at, "brand", serde_json::json!({ "domain": domain })))
    };
    assert_eq!(found("voice.north.example"), None);
    commit(world, &platform(), brand(&north, "voice.north.example")).unwrap();
    assert_eq!(found("voice.north.example"), north.id.parse().ok());
    for other in ["north.example", "acme.example", "north", ""] {
        assert_eq!(found(other), None, "{other}");
    }
    let taken = commit(world, &platform(), brand(&south, "voice.north.example")).unwrap_err();
    assert!(matches!(taken, StoreError::Conflict { space, .. } if space == "portal_domain"));
}

on_every_store!(
    what_all_companies_below_an_account_have_is_summed_and_nothing_beside,
    an_account_sees_exactly_what_lies_below_it,
    an_account_changes_nothing_beside_or_above_it,
    a_reseller_changes_its_looks_and_not_its_limits,
    a_portal_leads_to_the_one_reseller_whose_it_is,
    a_plan_is_sold_by_its_account_and_by_whom_it_was_granted_to,
    a_disabled_plan_is_kept_and_not_given_anew,
    no_more_is_made_than_the_plan_allows,
    no_more_webhooks_are_made_than_any_company_may_have,
    no_more_lies_below_a_reseller_than_its_limits_allow,
    a_company_is_not_moved_to_where_one_more_would_be_too_many,
    a_reseller_is_not_moved_with_more_below_it_than_there_is_room_for,
    a_reseller_with_anything_below_it_is_not_deleted,
    accounts_never_lie_below_themselves,
    a_reseller_moves_with_all_that_lies_below_it,
    parts_of_several_owners_are_carried_out_together_or_not_at_all,
    a_reseller_sees_the_plans_that_it_was_granted,
);
