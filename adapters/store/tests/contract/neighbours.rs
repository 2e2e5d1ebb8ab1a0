//! Two companies with the same ids: what one does, reads and forgets is its own alone.

use domain::{DeliveryState, Event, KindName, Referrer, TOKENS_ENDED_KEPT};
use ids::{AuditId, CdrId};
use machine::WallTime;
use ports::{
    CdrQuery, DELIVERIES_KEPT, ERASE_STEP, EVENT_DAYS, EventQuery, HISTORY_MAX, Operation, Page,
    Part, SecretChange, StoreError, TokenReach,
};
use store::{MemoryStore, block_on};
use tenancy::{Owner, PlatformScope, TenantScope};

use crate::archive::{carried_over, facts_of};
use crate::deliveries::delivery;
use crate::on_every_store;
use crate::twins::{Twin, all_of, entry, found, key, record, twins};
use crate::world::{World, all_keys, cdr, delete, digests, platform, replace, time, with};

/// Something that a company does, and its name.
type Act = (&'static str, fn(&World<'_>, &Twin));

/// From mild to final: each finds what those before it left.
const ACTS: [Act; 15] = [
    ("renews its key", |world, twin| {
        block_on(world.store.renew_key(&twin.scope)).unwrap();
    }),
    ("replaces its secret", |world, twin| {
        let mut write = with(&twin.device, "enabled", true);
        write.secret = SecretChange::Set(digests(8).into());
        world.commit(&twin.scope, vec![replace(write)]).unwrap();
    }),
    (
        "changes a document more often than is kept",
        |world, twin| {
            let change = || replace(with(&twin.extension, "display_name", "changed"));
            let many = (0..=HISTORY_MAX).map(|_| change()).collect();
            world.commit(&twin.scope, many).unwrap();
        },
    ),
    ("gives up a name", |world, twin| {
        let write = with(&twin.extension, "number", "102");
        world.commit(&twin.scope, vec![replace(write)]).unwrap();
    }),
    ("rewrites a record", |world, twin| {
        let erased = vec![record(&twin.scope, "erased-1")];
        assert_eq!(
            block_on(world.store.replace_cdrs(&twin.scope, erased)),
            Ok(1)
        );
    }),
    ("removes a record", |world, twin| {
        let ids = vec![CdrId::new(5, 1)];
        assert_eq!(block_on(world.store.remove_cdrs(&twin.scope, ids)), Ok(1));
    }),
    ("rewrites its trail", |world, twin| {
        let mut entries = trail(world, &twin.scope);
        for entry in &mut entries {
            "erased-1".clone_into(&mut entry.target);
        }
        let all = entries.len();
        let replaced = block_on(world.store.replace_audit(&twin.scope, entries));
        assert_eq!(replaced, Ok(all));
    }),
    ("rewrites its events", |world, twin| {
        let mut events = events(world, &twin.scope);
        for event in &mut events {
            "erased-1".clone_into(&mut event.subject);
        }
        let all = events.len();
        let replaced = block_on(world.store.replace_events(&twin.scope, events));
        assert_eq!(replaced, Ok(all));
    }),
    ("notes a delivery", |world, twin| {
        let mut now = delivery(&twin.scope, twin.webhook, 1);
        now.state = DeliveryState::Dead;
        block_on(world.store.note_deliveries(&twin.scope, vec![now])).unwrap();
    }),
    ("revokes a key", |world, twin| {
        let audit = entry(twin.scope.owner(), (90_000, time(9)));
        let reach = TokenReach::from(&twin.scope);
        let revoked = world
            .store
            .revoke_token(&reach, twin.token, time(9), &audit);
        block_on(revoked).unwrap();
    }),
    ("forgets a document's history", |world, twin| {
        let (kind, id) = (KindName::Extension, &twin.extension.id);
        let forgotten = block_on(world.store.remove_history(&twin.scope, kind, id));
        assert_eq!(forgotten, Ok(HISTORY_MAX));
    }),
    ("deletes its webhook", |world, twin| {
        let webhook = world.get(&twin.scope, KindName::Webhook, "crm").unwrap();
        world.commit(&twin.scope, vec![delete(&webhook)]).unwrap();
    }),
    ("deletes the rest", |world, twin| {
        let rest = [&twin.device, &twin.extension, &twin.person].map(delete);
        world.commit(&twin.scope, rest.to_vec()).unwrap();
    }),
    ("forgets its trail", |world, twin| {
        let late = WallTime::from_unix_ms(i64::MAX);
        let forgotten = block_on(world.store.remove_audit(&twin.scope, late));
        assert!(forgotten.unwrap() > 3);
    }),
    ("is erased", |world, twin| {
        crate::erasure::erase(world, &twin.scope)
    }),
];

fn trail(world: &World<'_>, scope: &TenantScope) -> Vec<domain::AuditEntry> {
    let page = Page {
        limit: 200,
        ..Page::default()
    };
    block_on(world.store.audit(scope, &page)).unwrap().entries
}

fn events(world: &World<'_>, scope: &TenantScope) -> Vec<Event> {
    let page = block_on(world.store.events(scope, &EventQuery::default()));
    page.unwrap().events
}

fn whatever_a_company_does_its_twin_stays_as_it_was(world: &World<'_>) {
    let [acme, globex] = twins(world);
    let before = all_of(world, &globex);
    assert_eq!(before.len(), all_of(world, &acme).len(), "they are alike");
    for (what, act) in ACTS {
        act(world, &acme);
        assert_eq!(all_of(world, &globex), before, "when the other {what}");
    }
}

fn the_younger_twin_does_as_little_to_the_elder(world: &World<'_>) {
    let [acme, globex] = twins(world);
    let before = all_of(world, &acme);
    for (what, act) in ACTS {
        act(world, &globex);
        assert_eq!(all_of(world, &acme), before, "when the other {what}");
    }
}

fn what_is_found_under_the_same_ids_is_each_ones_own(world: &World<'_>) {
    let both = twins(world);
    for (twin, other) in [(&both[0], &both[1]), (&both[1], &both[0])] {
        let (scope, name) = (&twin.scope, twin.device.name.as_str());
        let own = [record(scope, name)];
        let query = |number: &str| CdrQuery {
            call: Some(own[0].call),
            number: Some(number.to_owned()),
            ..CdrQuery::default()
        };
        assert_eq!(found(world, scope, &CdrQuery::default()), own);
        assert_eq!(found(world, scope, &query(name)), own);
        let crossed = found(world, scope, &query(&other.device.name));
        assert_eq!(crossed, [], "this call, and the other's number");
        let waiting = block_on(world.store.waiting(scope, twin.webhook, 10)).unwrap();
        let whose: Vec<_> = waiting.iter().map(|one| one.event.tenant).collect();
        assert_eq!(whose, [scope.tenant()]);
        let by = vec![Referrer {
            kind: KindName::Device,
            id: twin.device.id.clone(),
            name: name.to_owned(),
            field: "/extension".to_owned(),
        }];
        let target = (KindName::Extension, twin.extension.id.as_str());
        let referrers = block_on(world.store.referrers(scope, target, None, 10));
        assert_eq!(referrers.unwrap().by, by);
        let refused = world.commit(scope, vec![delete(&twin.extension)]);
        assert_eq!(refused, Err(StoreError::InUse { by, more: 0 }));
        assert!(
            events(world, scope)
                .iter()
                .all(|e| e.tenant == scope.tenant())
        );
    }
    let count = |twin: &Twin| events(world, &twin.scope).len();
    assert_eq!(count(&both[0]), count(&both[1]));
    let (directory, _) = block_on(world.store.directory()).unwrap();
    assert_eq!(directory.tenants(), 2);
    for twin in &both {
        let known = directory.device(&twin.device.name).unwrap();
        assert_eq!(known.credentials, Some(digests(7).into()));
    }
}

fn a_trail_ends_by_its_own_times(world: &World<'_>) {
    let scopes = [world.tenant("acme.example"), world.tenant("globex.example")];
    let (old, new) = (time(10), time(900));
    // the younger entry of one has the id of an older one of the other, either way round
    let both = [[old, new], [old, old]];
    for (scope, times) in scopes.iter().zip(both) {
        for (number, at) in (100_u64..).zip(times) {
            let entry = entry(scope.owner(), (number, at));
            block_on(world.store.add_audit(scope, &entry)).unwrap();
        }
    }
    let [acme, globex] = &scopes;
    let before = trail(world, globex);
    let gone = block_on(world.store.remove_audit(acme, time(500)));
    assert_eq!(gone, Ok(2), "its beginning, and the older of the two");
    let left: Vec<_> = trail(world, acme).iter().map(|one| one.id).collect();
    assert_eq!(left, [AuditId::new(101, 9)]);
    assert_eq!(trail(world, globex), before);
}

fn no_company_writes_into_anothers_trail(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let before = trail(world, &globex);
    for owner in [globex.owner(), Owner::PLATFORM] {
        let forged = entry(owner, (100, time(10)));
        let refused = block_on(world.store.add_audit(&acme, &forged));
        assert_eq!(refused, Err(StoreError::NotFound));
    }
    let page = block_on(world.store.account_audit(&platform(), &Page::default()));
    assert!(
        page.unwrap()
            .entries
            .iter()
            .all(|one| one.action != "test.noted")
    );
    assert_eq!(trail(world, &globex), before);
}

fn a_reseller_writes_into_no_trail_above_it_and_reaches_no_key_there(world: &World<'_>) {
    let north = crate::accounts::a_resellers_scope(world, "north");
    let operators = key(world, Owner::PLATFORM, None);
    let own = key(world, north.owner(), None);
    let forged = entry(Owner::PLATFORM, (100, time(10)));
    let refused = block_on(world.store.note(&north, &forged));
    assert_eq!(refused, Err(StoreError::NotFound));
    let reach = TokenReach::from(&north);
    let all = |owner| block_on(world.store.tokens(&reach, owner)).unwrap();
    assert_eq!(all(Some(Owner::PLATFORM)), []);
    assert_eq!(
        all(None).iter().map(|one| one.id).collect::<Vec<_>>(),
        [own]
    );
    assert_eq!(block_on(world.store.token(&reach, operators)), Ok(None));
}

fn a_log_forgets_by_its_own_times(world: &World<'_>) {
    let [acme, globex] = ["acme.example", "globex.example"].map(|name| world.tenant(name));
    for number in ["101", "102", "103", "104", "105", "106", "107", "108"] {
        world.extension(&globex, number);
    }
    let before = events(world, &globex);
    let days = 24 * 3600 * 1_000 * u64::from(EVENT_DAYS + 1);
    let called = |number| {
        let (mut record, late) = (cdr(acme.tenant(), number), time(days + number));
        record.started = late;
        record.answered_at = Some(late);
        record.ended = late;
        block_on(world.store.write_cdrs(vec![record])).unwrap();
    };
    called(1);
    let first = events(world, &acme);
    assert!(
        first.iter().all(|event| event.at == time(days + 1)),
        "older ones are forgotten"
    );
    called(2);
    assert_eq!(events(world, &acme)[..first.len()], first);
    assert_eq!(events(world, &acme).len(), 2 * first.len());
    assert_eq!(events(world, &globex), before);
}

fn a_neighbours_deliveries_push_none_out(world: &World<'_>) {
    let [acme, globex] = twins(world);
    let delivered = |twin: &Twin, cursors: std::ops::Range<u64>| {
        let (scope, webhook) = (&twin.scope, twin.webhook);
        let each = cursors
            .clone()
            .map(|cursor| delivery(scope, webhook, cursor));
        block_on(
            world
                .store
                .take_in(scope, webhook, cursors.end, each.collect()),
        )
        .unwrap();
        let noted = cursors.map(|cursor| {
            let mut now = delivery(scope, webhook, cursor);
            now.state = DeliveryState::Delivered;
            now
        });
        block_on(world.store.note_deliveries(scope, noted.collect())).unwrap();
    };
    let kept = u64::try_from(DELIVERIES_KEPT).unwrap();
    delivered(&globex, 100..100 + kept);
    delivered(&acme, 2..4);
    for cursor in 2..4 {
        let left = block_on(world.store.delivery(&acme.scope, acme.webhook, cursor));
        assert!(left.unwrap().is_some(), "{cursor}");
    }
    delivered(&acme, 2_000..2_000 + kept);
    let left = block_on(world.store.delivery(&globex.scope, globex.webhook, 100));
    assert!(left.unwrap().is_some(), "nor does it push out the other's");
}

fn a_neighbours_ended_keys_push_none_out(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let first = key(world, acme.owner(), Some(time(2)));
    for _ in 0..TOKENS_ENDED_KEPT {
        key(world, globex.owner(), Some(time(2)));
    }
    key(world, acme.owner(), None);
    let left = block_on(world.store.tokens(&all_keys(), Some(acme.owner()))).unwrap();
    assert_eq!((left.len(), left[0].id), (2, first));
    let left = block_on(world.store.tokens(&all_keys(), Some(globex.owner()))).unwrap();
    assert_eq!(left.len(), usize::try_from(TOKENS_ENDED_KEPT).unwrap());
}

fn secrets_of_several_companies_in_one_change_open_for_each(world: &World<'_>) {
    let both = twins(world);
    let secret = |twin: &Twin| {
        let mut write = with(&twin.device, "enabled", true);
        write.secret = SecretChange::Set(digests(9).into());
        let owner = twin.scope.owner();
        let change = world.change(vec![replace(write)]);
        Part { owner, change }
    };
    let parts = vec![secret(&both[0]), secret(&both[1])];
    block_on(world.store.commit_parts(&platform(), parts)).unwrap();
    for twin in &both {
        let parts = block_on(world.store.load_tenant(&twin.scope)).unwrap();
        assert_eq!(parts.unwrap().devices[0].1, Some(digests(9).into()));
    }
}

fn a_company_with_much_less_than_its_neighbour_is_erased_whole(world: &World<'_>) {
    // the neighbour is the elder, and its rows stand before the other's
    let [globex, acme] = twins(world);
    let each = cdr(globex.scope.tenant(), 1).legs.len() + 4;
    let many = u64::try_from(ERASE_STEP / each).unwrap() + 10;
    let calls = (10..10 + many).map(|number| cdr(globex.scope.tenant(), number));
    let calls: Vec<_> = calls.collect();
    for some in calls.chunks(100) {
        block_on(world.store.write_cdrs(some.to_vec())).unwrap();
    }
    let before = all_of(world, &globex);
    crate::erasure::erase(world, &acme.scope);
    assert_eq!(
        block_on(world.store.cdr(&acme.scope, CdrId::new(5, 1))),
        Ok(None)
    );
    assert_eq!(found(world, &acme.scope, &CdrQuery::default()), []);
    assert_eq!(all_of(world, &globex), before);
}

fn what_is_cleared_away_of_a_company_half_brought_is_its_own(world: &World<'_>) {
    let elsewhere = MemoryStore::new();
    let there = World::from(&elsewhere, 1_000);
    let [absent, _] = twins(&there);
    let [acme, globex] = twins(world);
    let before = [all_of(world, &acme), all_of(world, &globex)];
    let operator = PlatformScope::at_console();
    let (tenant, facts) = (absent.scope.tenant(), facts_of(&elsewhere, &absent.scope));
    block_on(world.store.bring_facts(&operator, tenant, facts)).unwrap();
    assert_eq!(before, [all_of(world, &acme), all_of(world, &globex)]);
    block_on(world.store.clear_out(&operator, tenant)).unwrap();
    assert_eq!(before, [all_of(world, &acme), all_of(world, &globex)]);
}

fn a_neighbours_revisions_push_none_out(world: &World<'_>) {
    let [acme, globex] = twins(world);
    let change = |twin: &Twin| replace(with(&twin.extension, "display_name", "changed"));
    let many = (0..=HISTORY_MAX).map(|_| change(&globex)).collect();
    world.commit(&globex.scope, many).unwrap();
    for _ in 0..3 {
        world.commit(&acme.scope, vec![change(&acme)]).unwrap();
    }
    let (kind, id) = (KindName::Extension, &acme.extension.id);
    let history = block_on(world.store.history(&acme.scope, kind, id)).unwrap();
    assert_eq!(history.len(), 4, "its beginning and three changes");
}

fn people_have_ids_of_their_own(world: &World<'_>) {
    let [acme, globex] = twins(world);
    let before = all_of(world, &acme);
    let taken = Err(StoreError::Conflict {
        space: "user".to_owned(),
        key: acme.person.id.clone(),
    });
    let eve = |scope: &TenantScope| {
        let mut write = with(&acme.person, "mail", "eve@evil.example");
        write.document.owner = scope.owner();
        write
    };
    let create = Operation::Create(eve(&globex.scope));
    let refused = world.commit(&globex.scope, vec![create]);
    assert_eq!(refused.map(|_| ()), taken);
    // nor does a company bring them along that was made up elsewhere
    let elsewhere = MemoryStore::new();
    let there = World::from(&elsewhere, 90_000);
    let evil = there.tenant("evil.example");
    there.create(&evil, eve(&evil));
    assert_eq!(carried_over((&elsewhere, world.store), &evil), taken);
    assert_eq!(all_of(world, &acme), before);
}

on_every_store!(
    people_have_ids_of_their_own,
    a_neighbours_revisions_push_none_out,
    whatever_a_company_does_its_twin_stays_as_it_was,
    the_younger_twin_does_as_little_to_the_elder,
    what_is_found_under_the_same_ids_is_each_ones_own,
    a_trail_ends_by_its_own_times,
    no_company_writes_into_anothers_trail,
    a_reseller_writes_into_no_trail_above_it_and_reaches_no_key_there,
    a_log_forgets_by_its_own_times,
    a_neighbours_deliveries_push_none_out,
    a_neighbours_ended_keys_push_none_out,
    secrets_of_several_companies_in_one_change_open_for_each,
    a_company_with_much_less_than_its_neighbour_is_erased_whole,
    what_is_cleared_away_of_a_company_half_brought_is_its_own,
);
