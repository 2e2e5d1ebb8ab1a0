//! The change feed that live exchanges follow.

use domain::{Change, FeedEntry, KindName};
use ports::{FeedPage, HISTORY_MAX, OPERATIONS_MAX, Operation};
use store::{FEED_KEPT, MemoryStore, block_on};

use crate::on_every_store;
use crate::world::{World, delete, replace, with};

fn feed(world: &World<'_>, after: u64, limit: usize) -> FeedPage {
    block_on(world.store.feed(after, limit)).unwrap()
}

fn changes_of_all_tenants_are_one_sequence(world: &World<'_>) {
    assert_eq!(
        (world.store.changed(), feed(world, 0, 10).entries),
        (0, Vec::new())
    );
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let extension = world.extension(&globex, "101");
    let write = with(&extension, "display_name", "Ann");
    let operations = vec![replace(write), delete(&extension)];
    let committed = world.commit(&globex, operations).unwrap();
    assert_eq!((committed.cursor, world.store.changed()), (5, 5));
    let page = feed(world, 0, 10);
    assert_eq!((page.cursor, page.lost), (5, false));
    let cursors: Vec<u64> = page.entries.iter().map(|entry| entry.cursor).collect();
    assert_eq!(cursors, [1, 2, 3, 4, 5]);
    assert_eq!(
        (page.entries[0].owner, page.entries[0].kind),
        (acme.owner(), KindName::Tenant)
    );
    let last = |cursor, revision, change| FeedEntry {
        cursor,
        owner: globex.owner(),
        kind: KindName::Extension,
        id: extension.id.clone(),
        revision,
        change,
    };
    let expected = [
        last(3, 1, Change::Created),
        last(4, 2, Change::Replaced),
        last(5, 3, Change::Deleted),
    ];
    assert_eq!(page.entries[2..], expected);
}

fn the_feed_is_followed_piece_by_piece(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    for number in ["101", "102", "103", "104"] {
        world.extension(&acme, number);
    }
    let (mut at, mut seen) = (0, Vec::new());
    while at < 5 {
        let page = feed(world, at, 2);
        assert!(page.entries.len() <= 2 && page.cursor > at && !page.lost);
        seen.extend(page.entries.iter().map(|entry| entry.cursor));
        at = page.cursor;
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
    let end = feed(world, 5, 2);
    assert_eq!((end.entries.len(), end.cursor, end.lost), (0, 5, false));
    assert_eq!(feed(world, 0, 0).entries.len(), 1, "a limit of none is one");
}

fn a_cursor_from_the_future_is_lost_and_told_where_to_go_on(world: &World<'_>) {
    world.tenant("acme.example");
    for after in [2, u64::MAX] {
        let page = feed(world, after, 10);
        assert_eq!((page.entries.len(), page.cursor, page.lost), (0, 1, true));
    }
}

fn a_change_that_fails_leaves_no_entry_and_no_gap(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let create = |number| Operation::Create(world.extension_write(&acme, number));
    world
        .commit(&acme, vec![create("101"), create("101")])
        .unwrap_err();
    assert_eq!(world.store.changed(), 1);
    world.commit(&acme, vec![create("102")]).unwrap();
    let cursors = feed(world, 0, 10)
        .entries
        .into_iter()
        .map(|entry| entry.cursor);
    assert_eq!(cursors.collect::<Vec<_>>(), [1, 2]);
}

on_every_store!(
    changes_of_all_tenants_are_one_sequence,
    the_feed_is_followed_piece_by_piece,
    a_cursor_from_the_future_is_lost_and_told_where_to_go_on,
    a_change_that_fails_leaves_no_entry_and_no_gap,
);

/// On memory alone, where so many changes take no time; SQLite's trimming is tried in `sqlite`.
#[test]
fn whoever_falls_too_far_behind_is_told_that_entries_are_lost() {
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
    while world.store.changed() <= FEED_KEPT + 1 {
        world.commit(&acme, changes()).unwrap();
    }
    let (latest, oldest) = (world.store.changed(), world.store.changed() - FEED_KEPT);
    let lost = feed(&world, oldest - 1, 10);
    assert_eq!(
        (lost.entries.len(), lost.cursor, lost.lost),
        (0, latest, true)
    );
    let kept = feed(&world, oldest, 10);
    assert_eq!((kept.entries[0].cursor, kept.lost), (oldest + 1, false));
    let history = block_on(world.store.history(&acme, document.kind, &document.id)).unwrap();
    assert_eq!(history.len(), HISTORY_MAX);
}
