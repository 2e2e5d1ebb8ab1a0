//! A close look at two companies with the same ids: what one lacks is told of that one, although
//! the other has it.

use ports::Stores;
use std::sync::Arc;
use store::{FixedKeys, Health, Keyring, MasterKey, Settings, check};
use tenancy::PlatformScope;

use crate::disk::Disk;
use crate::twins::{Twin, twins};
use crate::world::World;

/// A store with twins, damaged by texts in which `?1` is the first twin, `?2` the second, `?3` the
/// first's person and `?4` the second's; and what a close look then tells.
fn looked_at(damage: &[&str]) -> (Health, [Twin; 2]) {
    let disk = Disk::new();
    let store = disk.open();
    let both = twins(&World::over(&store as &dyn Stores));
    store.close();
    let raw = disk.raw();
    raw.pragma_update(None, "foreign_keys", false).unwrap();
    for text in damage {
        let words = [
            both[0].scope.tenant().to_string(),
            both[1].scope.tenant().to_string(),
            both[0].person.id.clone(),
            both[1].person.id.clone(),
        ];
        let mut statement = raw.prepare(text).unwrap();
        let wanted = statement.parameter_count();
        let done = statement.execute(rusqlite::params_from_iter(words.iter().take(wanted)));
        assert!(done.unwrap() > 0, "{text}");
    }
    drop(raw);
    let settings = Settings {
        address: store::Address::Sqlite(disk.folder.clone()),
        keys: Arc::new(FixedKeys(Keyring::of(MasterKey::from_bytes([1; 32])))),
        entropy: Arc::new(ports::SeededEntropy::new(1)),
    };
    let health = check(&settings, &PlatformScope::at_console()).unwrap();
    (health, both)
}

#[test]
fn two_companies_with_the_same_ids_are_both_well() {
    let (health, _) = looked_at(&[]);
    assert_eq!((health.faults, health.told), (0, Vec::new()));
    assert_eq!((health.credentials, health.secrets), (2, 4));
}

#[test]
fn a_person_who_is_only_the_others_is_told_of() {
    let gone = "DELETE FROM documents WHERE tenant = ?1 AND kind = 'user' AND ?2 = ?2 AND id = ?3";
    let theirs = "UPDATE documents SET id = ?3 WHERE tenant = ?2 AND kind = 'user' AND ?1 = ?1";
    let (health, both) = looked_at(&[gone, theirs]);
    let lost = format!("credentials of {}, who is not there", both[0].person.id);
    assert!(health.told.contains(&lost), "{:?}", health.told);
}

#[test]
fn a_login_whose_person_is_only_the_others_is_told_of_once() {
    let stray = "INSERT INTO logins (tenant, person, login)
                 SELECT ?1, ?4, 'stray' WHERE ?2 = ?2 AND ?3 = ?3";
    let (health, both) = looked_at(&[stray]);
    let lost = format!("1 logins of {} are nobody's", both[0].scope.owner());
    assert_eq!((health.faults, health.told), (1, vec![lost]));
}

#[test]
fn documents_whose_key_is_gone_are_told_of_although_the_other_has_its_own() {
    let gone = "DELETE FROM data_keys WHERE tenant = ?1";
    let (health, _) = looked_at(&[gone]);
    let lost = "5 documents have an owner without a data key".to_owned();
    assert_eq!((health.faults, health.told), (1, vec![lost]));
}

#[test]
fn keys_and_references_that_only_the_other_holds_are_told_of() {
    let free = "DELETE FROM unique_keys WHERE tenant = ?1 AND kind = 'extension'";
    let (health, both) = looked_at(&[free]);
    let (extension, device) = (&both[0].extension, &both[0].device);
    let lost = format!(
        "extension {} of {}: its unique keys are not what it says",
        extension.id, extension.owner
    );
    assert_eq!((health.faults, health.told), (1, vec![lost]));
    let loose = "DELETE FROM pointers WHERE tenant = ?1 AND kind = 'device'";
    let (health, _) = looked_at(&[loose]);
    let lost = format!(
        "device {} of {}: its references are not what it says",
        device.id, device.owner
    );
    assert_eq!((health.faults, health.told), (1, vec![lost]));
}
