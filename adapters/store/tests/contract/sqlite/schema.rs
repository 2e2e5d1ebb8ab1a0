//! The file: its version, its permissions, its keys.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use ids::TokenId;
use ports::FrontDoor;
use store::{OpenError, block_on};
use tenancy::TokenHash;

use crate::disk::Disk;
use crate::world::{World, time};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_empty_file_is_brought_to_the_present_version_and_stays_there() {
    let disk = Disk::new();
    fs::create_dir(disk.folder()).unwrap();
    fs::write(disk.file(), b"").unwrap();
    drop(disk.open());
    let version = || {
        disk.raw()
            .pragma_query_value(None, "user_version", |row| row.get(0))
    };
    let made: u32 = version().unwrap();
    assert!(made >= 1);
    drop(disk.open());
    assert_eq!(version(), Ok(made));
}

/// The tables as they were before keys had scopes.
const VERSION_7: [&str; 7] = [
    include_str!("../../../src/sqlite/migrations/0001.sql"),
    include_str!("../../../src/sqlite/migrations/0002.sql"),
    include_str!("../../../src/sqlite/migrations/0003.sql"),
    include_str!("../../../src/sqlite/migrations/0004.sql"),
    include_str!("../../../src/sqlite/migrations/0005.sql"),
    include_str!("../../../src/sqlite/migrations/0006.sql"),
    include_str!("../../../src/sqlite/migrations/0007.sql"),
];

#[test]
fn a_key_of_an_older_release_opens_all_that_it_opened() {
    let disk = Disk::new();
    fs::create_dir(disk.folder()).unwrap();
    let raw = disk.raw();
    raw.execute_batch(&VERSION_7.concat()).unwrap();
    raw.pragma_update(None, "user_version", 7).unwrap();
    let id = TokenId::new(1, 1).to_string();
    let old = "INSERT INTO tokens (tenant, id, name, hash, created) VALUES ('', ?1, 'old', ?2, 5)";
    raw.execute(old, (id, [7_u8; 32].as_slice())).unwrap();
    drop(raw);
    let store = disk.open();
    let found = block_on(store.find_token(&TokenHash([7; 32]))).unwrap();
    let found = found.unwrap();
    assert_eq!(
        (found.scopes.len(), &found.former, found.used),
        (0, &None, None)
    );
    assert!(found.is_live(time(9)));
}

#[test]
fn a_file_of_a_newer_release_is_refused_and_left_as_it_is() {
    let disk = Disk::new();
    drop(disk.open());
    disk.raw().pragma_update(None, "user_version", 999).unwrap();
    let refused = disk.try_open(1).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 999, .. }));
    assert!(
        refused.to_string().contains("made by a newer release"),
        "{refused}"
    );
    let found: u32 = disk
        .raw()
        .pragma_query_value(None, "user_version", |r| r.get(0))
        .unwrap();
    assert_eq!(found, 999);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let disk = Disk::new();
    fs::create_dir(disk.folder()).unwrap();
    fs::write(
        disk.file(),
        b"something else altogether, and long enough ".repeat(40),
    )
    .unwrap();
    let refused = disk.try_open(1).unwrap_err();
    assert!(matches!(refused, OpenError::Store(_)), "{refused}");
}

#[test]
fn a_folder_that_cannot_be_is_refused_by_name() {
    let disk = Disk::new();
    fs::create_dir(disk.folder()).unwrap();
    fs::write(disk.file(), b"").unwrap();
    let below = Disk::at(disk.file().to_str().unwrap());
    let refused = below.try_open(1).unwrap_err();
    assert!(matches!(refused, OpenError::File(..)));
    assert!(refused.to_string().contains("strowger.db"), "{refused}");
}

#[test]
fn folder_and_files_are_for_their_owner_alone() {
    let disk = Disk::new();
    let store = disk.open();
    World::over(&store).tenant("acme.example");
    assert_eq!(mode(disk.folder()), 0o700);
    for file in [
        disk.file(),
        disk.log(),
        disk.folder().join("strowger.db-shm"),
    ] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    drop(store);
    fs::set_permissions(disk.file(), Permissions::from_mode(0o644)).unwrap();
    drop(disk.open());
    assert_eq!(
        mode(&disk.file()),
        0o600,
        "a copy that was too open is closed"
    );
}

/// Tables of the platform itself, whose keys begin with no tenant.
const PLATFORM_TABLES: [&str; 5] = ["feed", "settings", "bans", "requests", "once"];

/// A number alone, in a table of one row without a key.
const NUMBER: &str = "feed_end";

#[test]
fn tables_are_strict_and_their_keys_begin_with_the_tenant() {
    let disk = Disk::new();
    drop(disk.open());
    let raw = disk.raw();
    let list = "SELECT name, strict FROM pragma_table_list
                WHERE schema = 'main' AND name NOT LIKE 'sqlite%'";
    let mut tables = raw.prepare(list).unwrap();
    let tables = tables
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let tables: Vec<(String, bool)> = tables.map(Result::unwrap).collect();
    assert!(tables.len() >= 11, "{tables:?}");
    for (table, strict) in tables {
        assert!(strict, "{table}");
        if table == NUMBER {
            continue;
        }
        let key = "SELECT name FROM pragma_table_info(?1) WHERE pk = 1";
        let first: String = raw.query_row(key, [&table], |row| row.get(0)).unwrap();
        let platform = PLATFORM_TABLES.contains(&table.as_str());
        assert_eq!(names_owner(&first), !platform, "{table}");
        let keys = "SELECT \"from\" FROM pragma_foreign_key_list(?1) WHERE seq = 0";
        let mut keys = raw.prepare(keys).unwrap();
        let keys = keys
            .query_map([&table], |row| row.get::<_, String>(0))
            .unwrap();
        assert!(
            keys.map(Result::unwrap).all(|first| names_owner(&first)),
            "{table}"
        );
    }
}

/// A reference to an account names two owners: whose it is, and whose the target is.
fn names_owner(column: &str) -> bool {
    ["tenant", "target_tenant"].contains(&column)
}

#[test]
fn a_reference_to_another_tenants_document_cannot_be_stored() {
    let disk = Disk::new();
    let store = disk.open();
    let world = World::over(&store);
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let theirs = world.extension(&globex, "101");
    let extension = world.extension(&acme, "101");
    let device = world.device(&acme, &extension, "ann");
    let point = "UPDATE pointers SET target_tenant = ?1, target = ?2 WHERE id = ?3";
    let raw = disk.raw();
    raw.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    let there = [globex.tenant().to_string(), theirs.id, device.id];
    let refused = raw.execute(point, there).unwrap_err().to_string();
    assert!(refused.contains("CHECK constraint failed"), "{refused}");
}
