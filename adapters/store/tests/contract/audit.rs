//! The audit trail.

use domain::AuditEntry;
use ids::{AuditId, RequestId};
use ports::{AuditListing, Page, SecretChange};
use store::block_on;
use tenancy::{Owner, TenantScope};

use crate::world::{World, delete, digests, platform, replace, time, with};
use crate::{PAGES, on_every_store};

fn entry(owner: Owner, number: u64) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(number, 7),
        owner,
        at: time(number),
        actor: "operator".to_owned(),
        action: "tenant.entered".to_owned(),
        target: String::new(),
        before: None,
        after: None,
        request: Some(RequestId::new(number, 1)),
    }
}

fn trail(world: &World<'_>, scope: &TenantScope) -> Vec<AuditEntry> {
    block_on(world.store.audit(scope, &Page::default()))
        .unwrap()
        .entries
}

fn each_operation_tells_who_did_what_with_the_spec_before_and_after(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let first = world.extension(&acme, "101");
    let write = with(&first, "display_name", "Ann");
    let mut change = world.change(vec![replace(write.clone()), delete(&first)]);
    change.request = Some(RequestId::new(5, 5));
    let (at, id) = (change.at, change.audit);
    block_on(world.store.commit(&acme, change)).unwrap();
    let entries = trail(world, &acme);
    let [gone, replaced, created, tenant] = entries.try_into().unwrap();
    assert_eq!(
        (tenant.action.as_str(), tenant.actor.as_str()),
        ("tenant.created", "operator")
    );
    assert_eq!(
        (created.action.as_str(), created.actor.as_str()),
        ("extension.created", "job test")
    );
    assert_eq!(
        (created.before, created.after),
        (None, Some(first.spec.clone()))
    );
    assert_eq!(
        (replaced.action.as_str(), &replaced.target),
        ("extension.replaced", &first.id)
    );
    assert_eq!(replaced.before, Some(first.spec));
    assert_eq!(replaced.after, Some(write.document.spec.clone()));
    assert_eq!((replaced.id, replaced.at), (id, at));
    assert_eq!(
        gone.id.as_u128(),
        id.as_u128() + 1,
        "ids count up within a change"
    );
    assert_eq!(
        (gone.action.as_str(), gone.after),
        ("extension.deleted", None)
    );
    assert_eq!(gone.before, Some(write.document.spec));
    assert_eq!(
        (gone.request, gone.owner),
        (Some(RequestId::new(5, 5)), acme.owner())
    );
}

fn a_new_secret_is_told_apart_but_not_told(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let device = world.device(&acme, &extension, "ann");
    let mut write = with(&device, "username", "ann");
    write.secret = SecretChange::Set(digests(1).into());
    world.commit(&acme, vec![replace(write)]).unwrap();
    let latest = trail(world, &acme).remove(0);
    assert_eq!(latest.action, "device.secret_replaced");
    assert_eq!(latest.before, latest.after);
}

fn a_note_is_kept_once(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let note = entry(acme.owner(), 50);
    let mut again = note.clone();
    again.actor = "another".to_owned();
    block_on(world.store.note(&platform(), &note)).unwrap();
    block_on(world.store.note(&platform(), &again)).unwrap();
    let kept = trail(world, &acme);
    assert_eq!(
        kept.iter()
            .filter(|kept| kept.id == note.id)
            .collect::<Vec<_>>(),
        [&note]
    );
}

fn the_platforms_trail_is_its_own(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let note = entry(Owner::PLATFORM, 50);
    block_on(world.store.note(&platform(), &note)).unwrap();
    let own = block_on(world.store.account_audit(&platform(), &Page::default())).unwrap();
    assert_eq!(own.entries, [note]);
    assert_eq!(trail(world, &acme).len(), 1, "the tenant's creation only");
}

fn pages_go_from_the_newest_to_the_oldest(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    for number in [60, 58, 59, 61, 57] {
        let note = entry(acme.owner(), number);
        block_on(world.store.note(&platform(), &note)).unwrap();
    }
    for limit in 1..=7 {
        let (mut page, mut times) = (Page::first(limit), Vec::new());
        for _ in 0..PAGES {
            let AuditListing { entries, next } = block_on(world.store.audit(&acme, &page)).unwrap();
            assert!(entries.len() <= limit);
            times.extend(entries.iter().map(|entry| entry.id.unix_ms()));
            let Some(next) = next else { break };
            page = page.after(next);
        }
        assert_eq!(times[..5], [61, 60, 59, 58, 57], "pages of {limit}");
        assert_eq!(times.len(), 6);
    }
}

on_every_store!(
    each_operation_tells_who_did_what_with_the_spec_before_and_after,
    a_new_secret_is_told_apart_but_not_told,
    a_note_is_kept_once,
    the_platforms_trail_is_its_own,
    pages_go_from_the_newest_to_the_oldest,
);
