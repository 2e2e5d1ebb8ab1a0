//! Several processes on one database, and a database that goes away and comes back.

use std::thread;
use std::time::{Duration, Instant};

use domain::KindName;
use ports::{ExchangeStore, FeedWatch, Operation};
use store::block_on;

use crate::server::Database;
use crate::world::World;

/// How long something that must come about may take.
const SOON: Duration = Duration::from_secs(20);

/// Asks until it is so.
fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < SOON, "not yet: {what}");
        thread::yield_now();
    }
}

#[test]
fn a_change_of_another_process_is_noticed_without_asking() {
    let database = Database::new();
    let (here, there) = (database.open(), database.open());
    World::over(&there).tenant("acme.example");
    soon("the feed's cursor", || here.changed() == 1);
}

#[test]
fn processes_write_in_turns_and_the_feed_has_no_gap() {
    let database = Database::new();
    let stores = [database.open(), database.open(), database.open()];
    let acme = World::over(&stores[0]).tenant("acme.example");
    thread::scope(|threads| {
        for (number, store) in (1..).zip(&stores) {
            let acme = &acme;
            threads.spawn(move || {
                let world = World::from(store, number * 1_000);
                for extension in 0..20 {
                    let write = world.extension_write(acme, &format!("{number}{extension:03}"));
                    world.commit(acme, vec![Operation::Create(write)]).unwrap();
                }
            });
        }
        // whoever reads meanwhile never sees a later entry before an earlier one
        let mut seen = 0;
        while seen < 61 {
            let page = block_on(stores[0].feed(seen, 100)).unwrap();
            for entry in page.entries {
                assert_eq!(entry.cursor, seen + 1);
                seen = entry.cursor;
            }
        }
    });
}

#[test]
fn a_lost_connection_is_made_again() {
    let database = Database::new();
    let store = database.open();
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.raw("owner").execute(end, &[]).unwrap();
    let mut numbers = 100..;
    soon("a change after the loss", || {
        let number = numbers.next().unwrap();
        let write = world.extension_write(&acme, &number.to_string());
        match world.commit(&acme, vec![Operation::Create(write)]) {
            Ok(_) => true,
            Err(error) => {
                assert!(error.may_retry(), "{error}");
                false
            }
        }
    });
    soon("an answer after the loss", || {
        block_on(ports::Store::count(&store, &acme, KindName::Extension)).is_ok()
    });
}

#[test]
fn a_server_is_reached_by_tcp_too() {
    let database = Database::new();
    let by_tcp = database.url_by_tcp("worker");
    let store = database.try_open(1, &by_tcp).unwrap();
    let acme = World::over(&store).tenant("acme.example");
    let found = World::over(&database.open()).get(&acme, KindName::Tenant, "acme.example");
    assert!(found.is_some());
}

#[test]
fn a_text_that_the_database_cannot_hold_is_found_nowhere() {
    let database = Database::new();
    let store = database.open();
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    assert_eq!(world.get(&acme, KindName::Extension, "1\x000"), None);
}
