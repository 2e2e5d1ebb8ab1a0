//! Secrets on the disk.

use std::fs;

use domain::KindName;
use ports::{SecretChange, StoreError, Stores};
use store::{OpenError, block_on};
use tenancy::TenantScope;

use crate::disk::Disk;
use crate::world::{World, delete, digests};

/// A tenant with two devices, whose digests are made of these numbers.
fn two_devices(store: &dyn Stores) -> TenantScope {
    let world = World::over(store);
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    for (username, number) in [("ann", 0xA1), ("bob", 0xB2)] {
        let mut write = world.device_write(&acme, &extension.id, username);
        write.secret = SecretChange::Set(digests(number));
        world.create(&acme, write);
    }
    acme
}

/// Whether a file of the store contains these bytes.
fn on_disk(disk: &Disk, bytes: &[u8]) -> bool {
    [disk.file(), disk.log()].iter().any(|file| {
        let content = fs::read(file).unwrap_or_default();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn no_digest_is_on_the_disk_in_clear() {
    let disk = Disk::new();
    let store = disk.open();
    two_devices(&store);
    assert!(
        on_disk(&disk, b"acme.example"),
        "the search finds what is there"
    );
    assert!(!on_disk(&disk, &[0xA1; 16]));
    store.close();
    assert!(!on_disk(&disk, &[0xA1; 16]));
}

#[test]
fn a_sealed_secret_moved_to_another_row_does_not_open() {
    let disk = Disk::new();
    let store = disk.open();
    let acme = two_devices(&store);
    let load = || block_on(ports::ExchangeStore::load_tenant(&store, &acme));
    load().unwrap();
    let copy = "UPDATE documents SET digests =
                (SELECT digests FROM documents WHERE name = 'bob') WHERE name = 'ann'";
    assert_eq!(disk.raw().execute(copy, []), Ok(1));
    let error = load().unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { detail } if detail.contains("device dev_")));
}

#[test]
fn another_master_key_is_refused_before_anything_is_served() {
    let disk = Disk::new();
    two_devices(&disk.open());
    let refused = disk.try_open(2).unwrap_err();
    assert!(matches!(refused, OpenError::OtherKey));
    assert!(
        refused.to_string().contains("another master key"),
        "{refused}"
    );
    disk.try_open(1).unwrap();
}

#[test]
fn a_deleted_tenants_key_is_gone_from_the_disk() {
    let disk = Disk::new();
    let store = disk.open();
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    let find = "SELECT sealed FROM data_keys WHERE tenant = ?1";
    let sealed = || {
        let row = disk.raw();
        row.query_row(find, [acme.tenant().to_string()], |row| {
            row.get::<_, Vec<u8>>(0)
        })
    };
    let key = sealed().unwrap();
    assert!(on_disk(&disk, &key));
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    world.commit_tenants(vec![delete(&own)]).unwrap();
    assert_eq!(sealed(), Err(rusqlite::Error::QueryReturnedNoRows));
    assert!(!on_disk(&disk, &key), "neither in the file nor in its log");
}
