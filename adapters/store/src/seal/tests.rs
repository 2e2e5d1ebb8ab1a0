//! Secrets open under their key in their place and nowhere else; keys are kept private.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ports::SeededEntropy;

use ids::TenantId;

use super::*;

/// A path of its own for each test, free at the beginning and at the end.
struct Place(PathBuf);

impl Place {
    fn named(name: &str) -> Place {
        let name = format!("strowger-key-{}-{name}", std::process::id());
        let file = Place(std::env::temp_dir().join(name));
        let _ = fs::remove_file(&file.0);
        file
    }

    fn load(&self, seed: u64) -> io::Result<Keyring> {
        let (path, entropy) = (self.0.clone(), Arc::new(SeededEntropy::new(seed)));
        KeyFile { path, entropy }.keyring()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn keys() -> (MasterKey, SeededEntropy, TenantId) {
    let master = MasterKey::from_bytes([1; MASTER_KEY_LENGTH]);
    (master, SeededEntropy::new(1), TenantId::new(1, 1))
}

#[test]
fn a_secret_opens_under_its_key_in_its_place_and_nowhere_else() {
    let (master, entropy, tenant) = keys();
    let (key, _) = master.new_data_key(tenant.into(), &entropy).unwrap();
    let (other, _) = master.new_data_key(tenant.into(), &entropy).unwrap();
    let sealed = key.seal(b"here", b"secret", &entropy).unwrap();
    assert_eq!(key.open(b"here", &sealed).unwrap().as_slice(), b"secret");
    assert_eq!(key.open(b"there", &sealed), Err(SealError));
    assert_eq!(other.open(b"here", &sealed), Err(SealError));
}

#[test]
fn the_same_secret_never_looks_the_same_twice() {
    let (master, entropy, tenant) = keys();
    let (key, _) = master.new_data_key(tenant.into(), &entropy).unwrap();
    let seal = || key.seal(b"here", b"secret", &entropy).unwrap();
    assert_ne!(seal(), seal());
}

#[test]
fn what_is_damaged_or_cut_short_does_not_open() {
    let (master, entropy, tenant) = keys();
    let (key, _) = master.new_data_key(tenant.into(), &entropy).unwrap();
    let sealed = key.seal(b"here", b"secret", &entropy).unwrap();
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        assert_eq!(key.open(b"here", &damaged), Err(SealError), "byte {at}");
        assert_eq!(
            key.open(b"here", &sealed[..at]),
            Err(SealError),
            "cut at {at}"
        );
    }
}

#[test]
fn a_data_key_opens_for_its_tenant_under_its_master_key_alone() {
    let (master, entropy, tenant) = keys();
    let (key, stored) = master.new_data_key(tenant.into(), &entropy).unwrap();
    let sealed = key.seal(b"here", b"secret", &entropy).unwrap();
    let again = master.open_data_key(tenant.into(), &stored).unwrap();
    assert_eq!(again.open(b"here", &sealed).unwrap().as_slice(), b"secret");
    let stranger = TenantId::new(1, 2);
    assert!(master.open_data_key(stranger.into(), &stored).is_err());
    let other = MasterKey::from_bytes([2; MASTER_KEY_LENGTH]);
    assert!(other.open_data_key(tenant.into(), &stored).is_err());
}

#[test]
fn a_master_key_is_made_once_for_its_owner_alone_and_read_again() {
    let file = Place::named("made");
    let made = file.load(1).unwrap();
    let mode = fs::metadata(&file.0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let read = file.load(2).unwrap();
    assert!(opens_what(&made, &read));
}

#[test]
fn a_master_key_that_others_may_read_or_of_another_length_is_refused() {
    let file = Place::named("refused");
    file.load(1).unwrap();
    fs::set_permissions(&file.0, Permissions::from_mode(0o640)).unwrap();
    let refused = file.load(1).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    fs::set_permissions(&file.0, Permissions::from_mode(0o600)).unwrap();
    fs::write(&file.0, [1; MASTER_KEY_LENGTH - 1]).unwrap();
    assert_eq!(file.load(1).unwrap_err().kind(), io::ErrorKind::InvalidData);
}

#[test]
fn keys_are_never_printed() {
    let (master, entropy, tenant) = keys();
    let (key, _) = master.new_data_key(tenant.into(), &entropy).unwrap();
    assert_eq!(format!("{master:?} {key:?}"), "MasterKey(…) DataKey(…)");
}

/// Whether one ring opens what another seals.
fn opens_what(sealing: &Keyring, opening: &Keyring) -> bool {
    let owner = TenantId::new(1, 1).into();
    let (_, sealed) = sealing.new_data_key(owner, &SeededEntropy::new(9)).unwrap();
    opening.open_data_key(owner, &sealed).is_ok()
}

fn line(byte: u8) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [byte; 32])
}

#[test]
fn a_ring_is_thirty_two_bytes_or_lines_of_base64() {
    let raw = Keyring::parse(&[1; 32]).unwrap();
    let text = Keyring::parse(format!(" {}\n\n", line(1)).as_bytes()).unwrap();
    assert!(opens_what(&raw, &text));
    let two = format!("{}\n{}", line(2), line(1));
    let two = Keyring::parse(two.as_bytes()).unwrap();
    assert!(opens_what(&raw, &two), "the older key still opens");
    assert!(!opens_what(&two, &raw), "the newest key seals");
    let five = [1, 2, 3, 4, 5].map(line).join("\n");
    for bad in ["", "short", &line(1)[1..], &five] {
        assert_eq!(Keyring::parse(bad.as_bytes()).err(), Some(BadKeys), "{bad}");
    }
}

#[test]
fn what_an_older_key_sealed_is_sealed_anew_once() {
    let (old, new) = (
        MasterKey::from_bytes([1; MASTER_KEY_LENGTH]),
        MasterKey::from_bytes([2; MASTER_KEY_LENGTH]),
    );
    let (owner, entropy) = (TenantId::new(1, 1).into(), SeededEntropy::new(1));
    let (key, sealed) = old.new_data_key(owner, &entropy).unwrap();
    let secret = key.seal(b"here", b"secret", &entropy).unwrap();
    let ring = Keyring::of(old).renewed(new.clone());
    let again = ring.reseal(owner, &sealed, &entropy).unwrap().unwrap();
    assert_eq!(ring.reseal(owner, &again, &entropy), Ok(None));
    let opened = new.open_data_key(owner, &again).unwrap();
    assert_eq!(opened.open(b"here", &secret).unwrap().as_slice(), b"secret");
}

#[test]
fn a_key_store_is_asked_by_a_command() {
    let ask = |program: &str, arguments: &[&str]| {
        let arguments = arguments.iter().map(|&text| text.to_owned()).collect();
        let program = program.into();
        let patience = KEY_PATIENCE;
        let asked = KeyCommand {
            program,
            arguments,
            patience,
        };
        asked.keyring()
    };
    let ring = ask("/bin/echo", &[&line(1)]).unwrap();
    assert!(opens_what(&Keyring::parse(&[1; 32]).unwrap(), &ring));
    let kind = |asked: io::Result<Keyring>| asked.unwrap_err().kind();
    assert_eq!(
        kind(ask("/bin/echo", &["no key"])),
        io::ErrorKind::InvalidData
    );
    assert_eq!(kind(ask("/bin/false", &[])), io::ErrorKind::Other);
    assert_eq!(kind(ask("/no/such/program", &[])), io::ErrorKind::NotFound);
}

#[test]
fn a_key_store_that_does_not_answer_is_given_up() {
    let asked = KeyCommand {
        program: "/bin/sleep".into(),
        arguments: vec!["600".to_owned()],
        patience: Duration::from_millis(50),
    };
    let refused = asked.keyring().unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
}

#[test]
fn a_key_store_that_prints_without_end_is_stopped() {
    let asked = KeyCommand {
        program: "/usr/bin/yes".into(),
        arguments: Vec::new(),
        patience: KEY_PATIENCE,
    };
    assert_eq!(asked.keyring().unwrap_err().kind(), io::ErrorKind::Other);
}

#[test]
fn a_key_is_added_to_its_file_and_the_old_one_dropped() {
    let place = Place::named("rotated");
    let file = KeyFile {
        path: place.0.clone(),
        entropy: Arc::new(SeededEntropy::new(3)),
    };
    let old = file.keyring().unwrap();
    assert_eq!(file.add().unwrap(), 2);
    let both = file.keyring().unwrap();
    assert_eq!(both.names()[1..], old.names());
    assert!(opens_what(&old, &both) && !opens_what(&both, &old));
    assert_eq!(file.keep_newest().unwrap(), 1);
    let new = file.keyring().unwrap();
    assert_eq!(new.names(), both.names()[..1]);
    assert_eq!(file.keep_newest().unwrap(), 0);
    let mode = fs::metadata(&place.0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for _ in 1..KEYS_MAX {
        file.add().unwrap();
    }
    let refused = file.add().unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
}
