//! Many at once: threads, processes, and more work than there is room for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use domain::KindName;
use ports::{
    Committed, Entropy, ExchangeStore, FeedWatch, FrontDoor, NotReady, Operation, StoreError, Turn,
    ready,
};
use store::{FEED_KEPT, REMEMBERED_MAX, WRITES_WAITING, block_on};

use crate::disk::Disk;
use crate::world::{World, replace, with};

#[test]
fn past_the_bound_changes_are_refused_at_once_while_reads_go_on() {
    let disk = Disk::new();
    let store = disk.open();
    let other = disk.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let set = async |number: usize| store.setting_or_insert(&number.to_string(), "set").await;
    let mut waiting = Vec::new();
    let refused = loop {
        let mut future = Box::pin(set(waiting.len()));
        match ready(&mut future) {
            Err(NotReady) => waiting.push(future),
            Ok(answer) => break answer.unwrap_err(),
        }
    };
    // the writer may have taken the first one, and waits for the other process
    assert!((WRITES_WAITING..=WRITES_WAITING + 1).contains(&waiting.len()));
    assert!(
        matches!(refused, StoreError::Unavailable { .. }),
        "{refused}"
    );
    assert_eq!(store.figures().writes.refused, 1);
    assert_eq!(block_on(store.setting("0")), Ok(None));
    other.execute_batch("COMMIT").unwrap();
    for future in waiting {
        assert_eq!(block_on(future), Ok("set".to_owned()));
    }
    assert_eq!(
        block_on(set(WRITES_WAITING + 1)),
        Ok("set".to_owned()),
        "there is room again"
    );
    let figures = store.figures();
    assert_eq!((figures.writes.waiting, figures.reads.refused), (0, 0));
    assert!(
        figures.groups < figures.writes.accepted,
        "what waited went in groups"
    );
}

#[test]
fn when_another_process_keeps_the_file_all_who_wait_are_told_together() {
    let disk = Disk::new();
    let store = disk.open();
    let other = disk.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = ["first", "second"].map(|key| store.setting_or_insert(key, "set"));
    for future in &mut waiting {
        assert_eq!(ready(future).unwrap_err(), NotReady);
    }
    let [first, second] = waiting;
    assert!(block_on(first).unwrap_err().may_retry());
    other.execute_batch("COMMIT").unwrap();
    assert!(
        block_on(second).unwrap_err().may_retry(),
        "though the file is free by now"
    );
    assert_eq!(
        block_on(store.setting_or_insert("third", "set")),
        Ok("set".to_owned())
    );
}

#[test]
fn a_change_that_fails_does_not_disturb_its_neighbours() {
    let disk = Disk::new();
    let store = disk.open();
    let acme = World::over(&store).tenant("acme.example");
    let commit = |writer: u64| {
        let world = World::from(&store, writer * 1_000);
        for number in 0..20 {
            let mine = world.extension_write(&acme, &format!("{writer}{number:03}"));
            let double = world.extension_write(&acme, &format!("{writer}{number:03}"));
            let both = vec![Operation::Create(mine.clone()), Operation::Create(double)];
            world.commit(&acme, both).unwrap_err();
            world.commit(&acme, vec![Operation::Create(mine)]).unwrap();
        }
    };
    thread::scope(|threads| {
        for writer in 1..=8 {
            threads.spawn(move || commit(writer));
        }
    });
    let world = World::over(&store);
    assert_eq!(
        block_on(world.store.count(&acme, KindName::Extension)),
        Ok(160)
    );
    assert_eq!(world.cursor(), 161);
}

/// Randomness that can be made to fail.
#[derive(Default)]
struct Failing(AtomicBool);

impl Entropy for Failing {
    fn fill(&self, bytes: &mut [u8]) {
        assert!(
            !self.0.load(Ordering::Acquire),
            "no randomness, as this test wants it"
        );
        bytes.fill(7);
    }
}

#[test]
fn a_change_that_panics_is_undone_and_the_writer_goes_on() {
    let (disk, entropy) = (Disk::new(), Arc::new(Failing::default()));
    let store = disk.open_with(1, entropy.clone()).unwrap();
    let world = World::over(&store);
    world.tenant("acme.example");
    let steps = vec![Operation::Create(world.tenant_write(&["globex.example"]))];
    entropy.0.store(true, Ordering::Release);
    let failed = world.commit_below(steps.clone()).unwrap_err();
    assert!(matches!(failed, StoreError::Unavailable { .. }), "{failed}");
    assert_eq!(world.cursor(), 1);
    entropy.0.store(false, Ordering::Release);
    world.commit_below(steps).unwrap();
    assert_eq!(world.cursor(), 2);
}

/// Tells, when it is dropped, that it is over.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn readers_see_each_change_whole_while_others_write() {
    let disk = Disk::new();
    let store = disk.open();
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    let pair = ["101", "102"].map(|number| world.extension(&acme, number));
    let over = AtomicBool::new(false);
    let read = || {
        let parts = block_on(store.load_tenant(&acme)).unwrap().unwrap();
        let [one, other] = <[_; 2]>::try_from(parts.extensions).unwrap();
        let names = (&one.spec.display_name, &other.spec.display_name);
        assert_eq!(names.0, names.1, "both were written by one change");
        let cursor = 3 + 2 * (one.revision - 1);
        assert_eq!(parts.cursor, cursor, "and the feed with them");
        !over.load(Ordering::Acquire)
    };
    thread::scope(|threads| {
        let _told_however_this_ends = Over(&over);
        for _ in 0..4 {
            threads.spawn(|| while read() {});
        }
        for round in 0..100 {
            let both = pair
                .each_ref()
                .map(|document| replace(with(document, "display_name", round.to_string())));
            world.commit(&acme, both.into()).unwrap();
        }
    });
}

#[test]
fn what_another_process_changed_is_found_by_asking_the_feed() {
    let disk = Disk::new();
    let (served, console) = (disk.open(), disk.open());
    let acme = World::over(&console).tenant("acme.example");
    assert_eq!((console.changed(), served.changed()), (1, 0));
    let page = block_on(served.feed(0, 10)).unwrap();
    assert_eq!(page.entries[0].owner, acme.owner());
    assert_eq!(served.changed(), 1);
    let extension = World::from(&served, 100).extension(&acme, "101");
    let seen = World::over(&console).get(&acme, KindName::Extension, "101");
    assert_eq!(seen, Some(extension));
}

#[test]
fn of_several_processes_one_makes_the_file_and_all_may_use_it() {
    let disk = Disk::new();
    thread::scope(|threads| {
        for number in 1..=4 {
            let disk = &disk;
            threads.spawn(move || {
                let store = disk.open();
                World::from(&store, number * 1_000).tenant(&format!("c{number}.example"));
            });
        }
    });
    assert_eq!(block_on(disk.open().tenant_ids()).unwrap().len(), 4);
}

/// A process that waits too long for the other is told to come again, and does.
fn until_it_is_our_turn(commit: impl Fn() -> Result<Committed, StoreError>) {
    while let Err(error) = commit() {
        assert!(error.may_retry(), "{error}");
    }
}

#[test]
fn two_processes_write_in_turns() {
    let disk = Disk::new();
    let stores = [disk.open(), disk.open()];
    let acme = World::over(&stores[0]).tenant("acme.example");
    thread::scope(|threads| {
        for (number, store) in (1..).zip(&stores) {
            let acme = &acme;
            threads.spawn(move || {
                let world = World::from(store, number * 1_000);
                for extension in 0..30 {
                    let write = world.extension_write(acme, &format!("{number}{extension:03}"));
                    until_it_is_our_turn(|| {
                        world.commit(acme, vec![Operation::Create(write.clone())])
                    });
                }
            });
        }
    });
    let feed = block_on(stores[0].feed(0, 100)).unwrap();
    let cursors: Vec<u64> = feed.entries.iter().map(|entry| entry.cursor).collect();
    assert_eq!(cursors, (1..=61).collect::<Vec<_>>());
}

#[test]
fn only_the_latest_entries_of_the_feed_are_kept() {
    let disk = Disk::new();
    let store = disk.open();
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    let history = "WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n LIMIT ?1)
                   INSERT INTO feed SELECT n, ?2, 'tenant', ?2, 2, 'replaced' FROM n";
    let row = rusqlite::params![i64::try_from(FEED_KEPT).unwrap(), acme.tenant().to_string()];
    disk.raw().execute(history, row).unwrap();
    let end = "UPDATE feed_end SET latest = (SELECT MAX(cursor) FROM feed)";
    disk.raw().execute(end, []).unwrap();
    world.extension(&acme, "101");
    let (latest, oldest) = (FEED_KEPT + 2, 2);
    assert_eq!(store.changed(), latest);
    let lost = block_on(store.feed(oldest - 1, 1)).unwrap();
    assert_eq!(
        (lost.entries.len(), lost.cursor, lost.lost),
        (0, latest, true)
    );
    let kept = block_on(store.feed(oldest, 1)).unwrap();
    assert_eq!((kept.entries[0].cursor, kept.lost), (oldest + 1, false));
    let count = "SELECT COUNT(*), MIN(cursor) FROM feed";
    let found = disk
        .raw()
        .query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(found, Ok((100_000, 3)));
}

#[test]
fn only_the_latest_requests_are_remembered() {
    let disk = Disk::new();
    let store = disk.open();
    let now = crate::world::time(0);
    let begin = |key: &str| block_on(store.begin(key, &[1; 32], now));
    assert_eq!(begin("oldest"), Ok(Turn::Begin));
    assert_eq!(begin("older"), Ok(Turn::Begin));
    let others = "WITH RECURSIVE n(n) AS (SELECT 3 UNION ALL SELECT n + 1 FROM n LIMIT ?1)
                  INSERT INTO requests SELECT n, 'key ' || n, zeroblob(32), ?2, NULL, '[]', x''
                  FROM n";
    let count = i64::try_from(REMEMBERED_MAX).unwrap() - 2;
    disk.raw().execute(others, [count, now.unix_ms()]).unwrap();
    assert_eq!(begin("oldest"), Ok(Turn::Underway), "all of them fit");
    assert_eq!(begin("one more"), Ok(Turn::Begin));
    assert_eq!(begin("older"), Ok(Turn::Underway));
    assert_eq!(
        begin("oldest"),
        Ok(Turn::Begin),
        "it was forgotten for one more"
    );
}
