//! What is read on the thread that asks, and what is not.

use domain::KindName;
use machine::WallTime;
use ports::{ExchangeStore, FactStore, NotReady, PAGE_MAX, Page, Store, StoreError, ready};
use store::block_on;

use crate::disk::Disk;
use crate::world::World;

#[test]
fn a_short_reading_is_done_when_it_is_asked_for() {
    let disk = Disk::new();
    let store = disk.open();
    let before = store.figures();
    assert_eq!(ready(&mut store.setting("colour")), Ok(Ok(None)));
    let after = store.figures();
    assert_eq!(after.at_hand, before.at_hand + 1);
    assert_eq!(after.reads.accepted, before.reads.accepted);
}

#[test]
fn a_page_that_is_long_or_sifted_goes_to_the_readers() {
    let disk = Disk::new();
    let store = disk.open();
    let acme = World::over(&store).tenant("acme.example");
    let list = |page: Page| {
        let before = store.figures().reads.accepted;
        block_on(store.list(&acme, KindName::Extension, &page)).unwrap();
        store.figures().reads.accepted - before
    };
    assert_eq!(list(Page::first(20)), 0);
    assert_eq!(list(Page::first(PAGE_MAX)), 1);
    let mut sifted = Page::first(20);
    sifted.filter.name_contains = Some("7".to_owned());
    assert_eq!(list(sifted), 1);
}

#[test]
fn a_company_with_nothing_old_costs_the_writer_nothing() {
    let disk = Disk::new();
    let store = disk.open();
    let acme = World::over(&store).tenant("acme.example");
    let before = store.figures();
    let oldest = WallTime::from_unix_ms(0);
    assert_eq!(block_on(store.remove_audit(&acme, oldest)), Ok(0));
    let after = store.figures();
    assert_eq!(after.writes, before.writes);
    assert_eq!(after.at_hand, before.at_hand + 1);
}

#[test]
fn a_closed_store_reads_nothing_at_hand_either() {
    let disk = Disk::new();
    let store = disk.open();
    store.close();
    let asked = ready(&mut store.setting("colour"));
    assert!(
        matches!(asked, Ok(Err(StoreError::Unavailable { .. }))),
        "{:?}",
        asked.map_err(|NotReady| "it waits")
    );
}
