//! The event logs that tenants' programs follow.

use std::time::Duration;

use domain::{Event, EventFilter};
use ids::{DeviceId, EventId, TenantId};
use machine::WallTime;
use ports::{EVENT_DAYS, EVENTS_KEPT, EventPage, EventQuery, OPERATIONS_MAX, Operation};
use store::{MemoryStore, block_on};
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, cdr, delete, replace, time, with};

fn query(after: u64, limit: usize) -> EventQuery {
    EventQuery {
        after,
        limit,
        filter: EventFilter::default(),
    }
}

fn log(world: &World<'_>, scope: &TenantScope, query: &EventQuery) -> EventPage {
    block_on(world.store.events(scope, query)).unwrap()
}

fn types(page: &EventPage) -> Vec<&'static str> {
    page.events
        .iter()
        .map(|event| event.kind.as_str())
        .collect()
}

fn cursors(page: &EventPage) -> Vec<u64> {
    page.events.iter().map(|event| event.cursor).collect()
}

fn registration(tenant: TenantId, number: u64, at: WallTime) -> Event {
    let id = EventId::new(number, 7);
    Event::of_registration(id, tenant, DeviceId::new(1, 1), 1, at)
}

fn each_change_is_told_in_its_own_tenant_and_numbered_from_one(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let extension = world.extension(&globex, "101");
    let write = with(&extension, "display_name", "Ann");
    world
        .commit(&globex, vec![replace(write), delete(&extension)])
        .unwrap();
    let page = log(world, &globex, &query(0, 0));
    let expected = [
        "resource.created",
        "resource.created",
        "resource.changed",
        "resource.deleted",
    ];
    assert_eq!(types(&page), expected);
    assert_eq!(cursors(&page), [1, 2, 3, 4]);
    assert_eq!((page.next, page.latest, page.lost), (4, 4, false));
    assert!(
        page.events
            .iter()
            .all(|event| event.tenant == globex.tenant())
    );
    assert_eq!(page.events[2].data["spec"]["display_name"], "Ann");
    assert_eq!(page.events[1].subject, extension.id);
    assert_eq!(
        types(&log(world, &acme, &query(0, 0))),
        ["resource.created"]
    );
}

fn a_change_that_fails_tells_nothing(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let create = |number| Operation::Create(world.extension_write(&acme, number));
    world
        .commit(&acme, vec![create("101"), create("101")])
        .unwrap_err();
    assert_eq!(
        (log(world, &acme, &query(0, 0)).latest, world.store.told()),
        (1, 1)
    );
}

fn a_finished_record_tells_its_call_once(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let record = cdr(acme.tenant(), 5);
    let live = vec![Event::call_started(&record)];
    assert_eq!(block_on(world.store.write_events(live)), Ok(1));
    for _ in 0..2 {
        block_on(world.store.write_cdrs(vec![record.clone()])).unwrap();
    }
    let page = log(world, &acme, &query(1, 0));
    assert_eq!(
        types(&page),
        ["call.started", "call.answered", "call.ended"]
    );
    assert_eq!(page.events[2].subject, record.call.to_string());
}

fn an_event_is_added_once_and_only_where_there_is_a_tenant(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let event = registration(acme.tenant(), 1, time(9));
    let stray = registration(TenantId::new(9, 9), 1, time(9));
    let events = vec![event.clone(), event.clone(), stray];
    assert_eq!(block_on(world.store.write_events(events)), Ok(1));
    assert_eq!(
        block_on(world.store.write_events(vec![event.clone()])),
        Ok(0)
    );
    let page = log(world, &acme, &query(1, 0));
    assert_eq!(page.events, [Event { cursor: 2, ..event }]);
}

fn the_log_is_followed_piece_by_piece_and_by_type(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    for number in 1..=5 {
        let record = cdr(acme.tenant(), number);
        block_on(world.store.write_cdrs(vec![record])).unwrap();
    }
    let filter = EventFilter::parse(["call.ended"]).unwrap();
    let (mut at, mut seen) = (0, Vec::new());
    loop {
        let query = EventQuery {
            filter: filter.clone(),
            ..query(at, 2)
        };
        let page = log(world, &acme, &query);
        assert!(page.events.len() <= 2 && !page.lost);
        seen.extend(cursors(&page));
        if page.next == page.latest {
            break;
        }
        assert!(page.next > at, "it goes on");
        at = page.next;
    }
    assert_eq!(seen, [4, 7, 10, 13, 16]);
}

fn a_cursor_from_the_future_is_lost_and_told_where_to_go_on(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    for after in [2, u64::MAX] {
        let page = log(world, &acme, &query(after, 0));
        assert!(page.lost);
        assert_eq!(cursors(&page), [1]);
    }
    assert!(!log(world, &acme, &query(1, 0)).lost);
}

fn news_of_all_tenants_are_one_sequence_without_their_contents(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    world.extension(&acme, "101");
    let heads = |after, limit| {
        let heads = block_on(world.store.event_heads(after, limit)).unwrap();
        let plain = heads
            .iter()
            .map(|head| (head.turn, head.tenant, head.cursor));
        plain.collect::<Vec<_>>()
    };
    let (a, g) = (acme.tenant(), globex.tenant());
    assert_eq!(heads(0, 10), [(1, a, 1), (2, g, 1), (3, a, 2)]);
    assert_eq!(heads(1, 1), [(2, g, 1)]);
    assert_eq!(heads(3, 10), []);
    assert_eq!(world.store.told(), 3);
}

fn a_tenant_that_is_deleted_leaves_no_event(world: &World<'_>) {
    let write = world.tenant_write(&["acme.example"]);
    let document = write.document.clone();
    world
        .commit_below(vec![Operation::Create(write.clone())])
        .unwrap();
    let acme = TenantScope::for_job(document.owner.tenant().unwrap(), "test");
    world.commit_below(vec![delete(&document)]).unwrap();
    assert_eq!(log(world, &acme, &query(0, 0)), EventPage::default());
    assert_eq!(block_on(world.store.event_heads(0, 10)).unwrap(), []);
}

fn events_are_forgotten_when_they_are_old_and_whoever_wants_them_is_told(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let day = |n: u32| time(0) + Duration::from_secs(u64::from(n) * 24 * 3600);
    let events = (1..=3).map(|n| registration(acme.tenant(), n.into(), day(n)));
    block_on(world.store.write_events(events.collect())).unwrap();
    let late = registration(acme.tenant(), 99, day(EVENT_DAYS + 2));
    block_on(world.store.write_events(vec![late])).unwrap();
    let page = log(world, &acme, &query(0, 0));
    assert_eq!((cursors(&page), page.lost), (vec![3, 4, 5], true));
    assert!(!log(world, &acme, &query(2, 0)).lost);
    assert_eq!(page.latest, 5);
}

fn a_neighbours_older_events_do_not_hide_that_ones_own_are_forgotten(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let day = |n: u32| time(0) + Duration::from_secs(u64::from(n) * 24 * 3600);
    for (number, at) in [(1, day(0)), (2, day(EVENT_DAYS + 2))] {
        let event = registration(acme.tenant(), number, at);
        block_on(world.store.write_events(vec![event])).unwrap();
    }
    let globex = world.tenant("globex.example");
    assert!(
        !log(world, &globex, &query(0, 0)).lost,
        "its first is there"
    );
    let page = log(world, &acme, &query(0, 0));
    assert!(page.lost && !cursors(&page).contains(&1), "{page:?}");
}

on_every_store!(
    a_neighbours_older_events_do_not_hide_that_ones_own_are_forgotten,
    each_change_is_told_in_its_own_tenant_and_numbered_from_one,
    a_change_that_fails_tells_nothing,
    a_finished_record_tells_its_call_once,
    an_event_is_added_once_and_only_where_there_is_a_tenant,
    the_log_is_followed_piece_by_piece_and_by_type,
    a_cursor_from_the_future_is_lost_and_told_where_to_go_on,
    news_of_all_tenants_are_one_sequence_without_their_contents,
    a_tenant_that_is_deleted_leaves_no_event,
    events_are_forgotten_when_they_are_old_and_whoever_wants_them_is_told,
);

/// On memory alone, where so many changes take no time.
#[test]
fn no_more_events_are_kept_than_the_bound() {
    let memory = MemoryStore::new();
    let world = World::over(&memory);
    let acme = world.tenant("acme.example");
    let document = world.extension(&acme, "101");
    let changes = || {
        let write = with(&document, "display_name", "again");
        (0..OPERATIONS_MAX)
            .map(|_| replace(write.clone()))
            .collect()
    };
    while world.store.told() <= EVENTS_KEPT + 1 {
        world.commit(&acme, changes()).unwrap();
    }
    let page = log(&world, &acme, &query(0, 1));
    assert_eq!(page.events[0].cursor, page.latest - EVENTS_KEPT + 1);
    assert!(page.lost);
}
