//! Tables are prepared by their owner, serve neighbouring releases, and belong to one master key.

use store::OpenError;

use crate::server::Database;
use crate::world::World;

#[test]
fn a_database_must_be_prepared_by_its_owner_first() {
    let database = Database::empty();
    let worker = database.url("worker");
    let refused = database.try_open(1, &worker).unwrap_err();
    assert!(
        matches!(refused, OpenError::Unprepared { found: 0, .. }),
        "{refused}"
    );
    store::prepare(&worker, &worker).unwrap_err();
    store::prepare(&database.url("owner"), &worker).unwrap();
    World::over(&database.open()).tenant("acme.example");
}

#[test]
fn preparing_again_beside_a_running_exchange_changes_nothing() {
    let database = Database::new();
    let store = database.open();
    let world = World::over(&store);
    world.tenant("acme.example");
    let (owner, worker) = (database.url("owner"), database.url("worker"));
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| store::prepare(&owner, &worker).unwrap());
        }
    });
    world.tenant("bell.example");
    assert_eq!(world.store.changed(), 2);
}

#[test]
fn tables_of_the_next_release_serve_this_one_until_something_is_taken_away() {
    let database = Database::new();
    let worker = database.url("worker");
    let mut owner = database.raw("owner");
    let set = "UPDATE schema_version SET version = version + 1, serves = ";
    owner.batch_execute(&format!("{set} serves")).unwrap();
    World::over(&database.open()).tenant("acme.example");
    store::prepare(&database.url("owner"), &worker).unwrap();
    owner.batch_execute(&format!("{set} version + 1")).unwrap();
    let refused = database.try_open(1, &worker).unwrap_err();
    assert!(matches!(refused, OpenError::Outgrown { .. }), "{refused}");
    owner
        .batch_execute("UPDATE schema_version SET version = 0, serves = 0")
        .unwrap();
    let refused = database.try_open(1, &worker).unwrap_err();
    assert!(matches!(refused, OpenError::Unprepared { .. }), "{refused}");
}

#[test]
fn a_database_belongs_to_the_master_key_it_was_begun_with() {
    let database = Database::new();
    let worker = database.url("worker");
    drop(database.open());
    let refused = database.try_open(2, &worker).unwrap_err();
    assert!(matches!(refused, OpenError::OtherKey), "{refused}");
    drop(database.open());
}

#[test]
fn an_address_that_leads_nowhere_is_told() {
    let database = Database::new();
    for (url, part) in [
        ("postgres://worker@/x?host=/nowhere", "No such file"),
        ("postgres://worker@/x?port=many", "not an address"),
        (
            "postgres://worker@h/x?sslrootcert=/nowhere/roots.pem",
            "roots.pem",
        ),
    ] {
        let refused = database.try_open(1, url).unwrap_err().to_string();
        assert!(refused.contains(part), "{url}: {refused}");
    }
}
