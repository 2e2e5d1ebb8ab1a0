//! Secrets on the disk.

use std::fs;
use std::io;
use std::sync::{Arc, Mutex};

use domain::KindName;
use ports::{KeyStore, Operation, RESEAL_STEP, SecretChange, SeededEntropy, StoreError, Stores};
use store::{KeySource, Keyring, MasterKey, OpenError, Settings, SqlStore, block_on};
use tenancy::{Owner, PlatformScope, TenantScope};

use crate::disk::Disk;
use crate::world::{World, delete, digests};

/// A tenant with two devices, whose digests are made of these numbers.
fn two_devices(store: &dyn Stores) -> TenantScope {
    let world = World::over(store);
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    for (username, number) in [("ann", 0xA1), ("bob", 0xB2)] {
        let mut write = world.device_write(&acme, &extension.id, username);
        write.secret = SecretChange::Set(digests(number).into());
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
fn what_the_platform_keeps_is_not_on_the_disk_in_clear_and_opens_under_its_own_name_alone() {
    let disk = Disk::new();
    let store = disk.open();
    let book: &dyn Stores = &store;
    for (name, content) in [("one", b"a private key"), ("two", b"another thing")] {
        assert_eq!(
            block_on(book.swap_sealed(name, None, Some(content))),
            Ok(true)
        );
    }
    assert!(!on_disk(&disk, b"a private key"));
    let copy = "UPDATE settings SET value = (SELECT value FROM settings WHERE key = 'sealed/one')
                WHERE key = 'sealed/two'";
    assert_eq!(disk.raw().execute(copy, []), Ok(1));
    assert!(block_on(book.sealed("two")).is_err());
    assert!(block_on(book.sealed("one")).is_ok());
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
    world.commit_below(vec![delete(&own)]).unwrap();
    assert_eq!(sealed(), Err(rusqlite::Error::QueryReturnedNoRows));
    assert!(!on_disk(&disk, &key), "neither in the file nor in its log");
}

#[test]
fn what_an_erased_tenant_sealed_opens_under_no_key_that_is_left() {
    let disk = Disk::new();
    let store = disk.open();
    let world = World::from(&store, 1_000);
    let acme = two_devices(&store);
    world.tenant("globex.example");
    let rows = |find: &str| {
        let connection = disk.raw();
        let mut statement = connection.prepare(find).unwrap();
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
        rows.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    let secrets = rows("SELECT id, digests FROM documents WHERE kind = 'device'");
    let keys = || rows("SELECT tenant, sealed FROM data_keys");
    let own = keys()
        .into_iter()
        .find(|(owner, _)| *owner == acme.tenant().to_string());
    let (_, own) = own.unwrap();
    assert!(on_disk(&disk, &own) && secrets.iter().all(|(_, sealed)| on_disk(&disk, sealed)));
    crate::erasure::erase(&world, &acme);
    assert!(!on_disk(&disk, &own) && !secrets.iter().any(|(_, sealed)| on_disk(&disk, sealed)));
    // whoever kept the sealed texts, and has the master key and all that is left
    let master = MasterKey::from_bytes([1; 32]);
    for (owner, sealed) in keys() {
        let owner = if owner.is_empty() {
            Owner::PLATFORM
        } else {
            owner.parse().unwrap()
        };
        let key = master.open_data_key(owner, &sealed).unwrap();
        for (id, secret) in &secrets {
            let place = format!("{}/device/{id}", acme.tenant());
            assert!(key.open(place.as_bytes(), secret).is_err());
        }
    }
}

/// Keys that an operator replaces while the exchange runs.
struct Replaced(Mutex<Keyring>);

impl KeySource for Replaced {
    fn keyring(&self) -> io::Result<Keyring> {
        Ok(self.0.lock().unwrap().clone())
    }
}

fn ring(keys: &[u8]) -> Keyring {
    let mut keys = keys.iter().map(|byte| MasterKey::from_bytes([*byte; 32]));
    let newest = Keyring::of(keys.next().unwrap());
    keys.fold(newest, Keyring::renewed)
}

/// Data keys that each master key seals, newest first.
fn status(store: &SqlStore) -> Vec<u64> {
    let status = block_on(store.key_status(&PlatformScope::at_console())).unwrap();
    assert_eq!(status.unopened, 0);
    let keys = status.master_keys.into_iter();
    keys.map(|key| key.data_keys).collect()
}

/// Seals everything anew, step by step; gives the number of data keys.
fn reseal(store: &SqlStore) -> u64 {
    let (platform, mut anew, mut after) = (PlatformScope::at_console(), 0, None);
    loop {
        let step = block_on(store.reseal(&platform, after)).unwrap();
        anew += step.anew;
        after = step.next;
        if after.is_none() {
            return anew;
        }
    }
}

#[test]
fn more_data_keys_than_one_step_holds_are_sealed_anew() {
    let disk = Disk::new();
    let keys = Arc::new(Replaced(Mutex::new(ring(&[1]))));
    let store = replaceable(&disk, &keys);
    let world = World::over(&store);
    for number in 0..RESEAL_STEP {
        world.tenant(&format!("t{number}.example"));
    }
    *keys.0.lock().unwrap() = ring(&[1, 2]);
    let all = u64::try_from(RESEAL_STEP).unwrap() + 1;
    let first = block_on(store.reseal(&PlatformScope::at_console(), None)).unwrap();
    assert_eq!(first.anew + 1, all);
    assert_eq!(status(&store), [all - 1, 1]);
    assert_eq!(reseal(&store), 1);
    assert_eq!(status(&store), [all, 0]);
}

#[test]
fn a_process_with_an_older_master_key_seals_nothing_under_it_once_there_is_a_newer() {
    let disk = Disk::new();
    let (old, new) = (ring(&[1]), ring(&[1, 2]));
    let [behind, ahead] = [&old, &new].map(|ring| Arc::new(Replaced(Mutex::new(ring.clone()))));
    let (one, two) = (replaceable(&disk, &behind), replaceable(&disk, &ahead));
    assert_eq!(reseal(&two), 1);
    let world = World::over(&one);
    let refused = world.commit_below(vec![Operation::Create(world.tenant_write(&["a.example"]))]);
    assert!(
        matches!(&refused, Err(StoreError::Unavailable { detail }) if detail.contains("newer")),
        "{refused:?}"
    );
    *behind.0.lock().unwrap() = new;
    world.tenant("a.example");
    assert_eq!(status(&two), [2, 0]);
}

/// A store whose master keys are replaced while it runs.
fn replaceable(disk: &Disk, keys: &Arc<Replaced>) -> SqlStore {
    let keys: Arc<dyn KeySource> = Arc::clone(keys) as Arc<dyn KeySource>;
    SqlStore::open(&Settings {
        address: store::Address::Sqlite(disk.folder.clone()),
        keys,
        entropy: Arc::new(SeededEntropy::new(1)),
    })
    .unwrap()
}

#[test]
fn the_master_key_is_replaced_while_two_exchanges_run() {
    let disk = Disk::new();
    let keys = Arc::new(Replaced(Mutex::new(ring(&[1]))));
    let (one, two) = (replaceable(&disk, &keys), replaceable(&disk, &keys));
    let acme = two_devices(&one);
    let loads = |store: &SqlStore| {
        let parts = block_on(ports::ExchangeStore::load_tenant(store, &acme)).unwrap();
        let found: Vec<_> = parts.unwrap().devices.into_iter().map(|d| d.1).collect();
        let expected = [0xA1, 0xB2].map(|number| Some(digests(number).into()));
        assert_eq!(found, expected);
    };
    loads(&two);
    // the new key comes beside the old one, everything is sealed anew, the old one goes
    *keys.0.lock().unwrap() = ring(&[1, 2]);
    assert_eq!(status(&one), [0, 2]);
    assert_eq!(reseal(&one), 2);
    assert_eq!(reseal(&one), 0);
    assert_eq!(status(&one), [2, 0]);
    *keys.0.lock().unwrap() = ring(&[2]);
    loads(&one);
    loads(&two);
    drop((one, two));
    assert!(matches!(disk.try_open(1), Err(OpenError::OtherKey)));
    loads(&disk.try_open(2).unwrap());
}

#[test]
fn a_tenants_data_key_is_replaced_with_all_that_it_seals() {
    let disk = Disk::new();
    let store = disk.open();
    let acme = two_devices(&store);
    let find = "SELECT digests FROM documents WHERE kind = 'device' ORDER BY name";
    let sealed = || {
        let connection = disk.raw();
        let mut statement = connection.prepare(find).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0));
        rows.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    let before = sealed();
    assert_eq!(block_on(store.renew_key(&acme)), Ok(2));
    let after = sealed();
    assert!(before.iter().all(|old| !after.contains(old)));
    let parts = block_on(ports::ExchangeStore::load_tenant(&store, &acme)).unwrap();
    assert_eq!(parts.unwrap().devices[0].1, Some(digests(0xA1).into()));
    for old in before {
        assert!(!on_disk(&disk, &old), "nothing under the old key remains");
    }
    let nobody = TenantScope::for_job(ids::TenantId::new(9, 9), "test");
    assert_eq!(
        block_on(store.renew_key(&nobody)),
        Err(StoreError::NotFound)
    );
}
