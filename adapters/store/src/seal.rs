//! Keys and seals: the master key seals each tenant's data key, which seals its secrets.
//!
//! XChaCha20-Poly1305 with random nonces. What is sealed is bound to its place (tenant, kind,
//! id), so a sealed secret moved to another row does not open. Erasing a tenant's data key
//! erases all its secrets, in backups too.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ids::TenantId;
use ports::Entropy;
use zeroize::Zeroizing;

/// Length of the master key, in bytes.
pub const MASTER_KEY_LENGTH: usize = 32;

/// Length of a nonce, in bytes.
const NONCE_LENGTH: usize = 24;

/// What was sealed does not open: another key, another place, or damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealError;

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealed secret does not open under the present key")
    }
}

impl std::error::Error for SealError {}

/// The platform's key. It seals data keys and nothing else.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; MASTER_KEY_LENGTH]>);

impl MasterKey {
    /// The key made of these bytes.
    pub fn from_bytes(bytes: [u8; MASTER_KEY_LENGTH]) -> MasterKey {
        MasterKey(Zeroizing::new(bytes))
    }

    /// Reads the key from a file of exactly 32 bytes, readable by its owner alone; makes the
    /// file when there is none.
    ///
    /// # Errors
    /// What the operating system says; `InvalidData` for a file of another length;
    /// `PermissionDenied` for a file that others may read.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> io::Result<MasterKey> {
        match fs::read(path) {
            Ok(bytes) => MasterKey::from_file(path, Zeroizing::new(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                MasterKey::create(path, entropy)
            }
            Err(error) => Err(error),
        }
    }

    fn from_file(path: &Path, bytes: Zeroizing<Vec<u8>>) -> io::Result<MasterKey> {
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            let rule = "the master key file must be readable by its owner alone (chmod 600)";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
        }
        let key = <[u8; MASTER_KEY_LENGTH]>::try_from(bytes.as_slice()).map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "the master key file must have 32 bytes",
            )
        })?;
        Ok(MasterKey::from_bytes(key))
    }

    /// Writes a new key beside its place and moves it there, so that no start ever finds half a
    /// key. A key that another process put there meanwhile wins.
    fn create(path: &Path, entropy: &dyn Entropy) -> io::Result<MasterKey> {
        let mut key = Zeroizing::new([0; MASTER_KEY_LENGTH]);
        entropy.fill(key.as_mut());
        let draft = path.with_extension(format!("new-{:016x}", entropy.next_u128() >> 64));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(key.as_ref())?;
        file.sync_all()?;
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        match linked {
            Ok(()) => {
                if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                    File::open(folder)?.sync_all()?;
                }
                Ok(MasterKey(key))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                MasterKey::from_file(path, Zeroizing::new(fs::read(path)?))
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a tenant's data key: the key, and its sealed form to be stored.
    ///
    /// # Errors
    /// [`SealError`] when the cipher refuses, which it does for no input of this length.
    pub fn new_data_key(
        &self,
        tenant: TenantId,
        entropy: &dyn Entropy,
    ) -> Result<(DataKey, Vec<u8>), SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        let place = tenant.as_u128().to_be_bytes();
        let sealed = seal(&self.0, &place, bytes.as_ref(), entropy)?;
        Ok((DataKey(bytes), sealed))
    }

    /// Opens a tenant's sealed data key.
    ///
    /// # Errors
    /// [`SealError`] under another master key or for another tenant.
    pub fn open_data_key(&self, tenant: TenantId, sealed: &[u8]) -> Result<DataKey, SealError> {
        let bytes = open(&self.0, &tenant.as_u128().to_be_bytes(), sealed)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| SealError)?;
        Ok(DataKey(Zeroizing::new(key)))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// A tenant's key, in clear.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// Seals a secret for its place.
    ///
    /// # Errors
    /// [`SealError`] when the secret is longer than the cipher allows (256 GB).
    pub fn seal(
        &self,
        place: &[u8],
        secret: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        seal(&self.0, place, secret, entropy)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`SealError`] when it was sealed under another key or for another place, or is damaged.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open(&self.0, place, sealed)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

fn seal(
    key: &[u8; 32],
    place: &[u8],
    secret: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE_LENGTH];
    entropy.fill(&mut nonce);
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload {
        msg: secret,
        aad: place,
    };
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| SealError)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(key: &[u8; 32], place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, text) = sealed
        .split_first_chunk::<NONCE_LENGTH>()
        .ok_or(SealError)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload {
        msg: text,
        aad: place,
    };
    let secret = cipher
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| SealError)?;
    Ok(Zeroizing::new(secret))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::fs::Permissions;
    use std::path::PathBuf;

    use ports::SeededEntropy;

    use super::*;

    /// A path of its own for each test, free at the beginning and at the end.
    struct KeyFile(PathBuf);

    impl KeyFile {
        fn named(name: &str) -> KeyFile {
            let name = format!("strowger-key-{}-{name}", std::process::id());
            let file = KeyFile(std::env::temp_dir().join(name));
            let _ = fs::remove_file(&file.0);
            file
        }

        fn load(&self, seed: u64) -> io::Result<MasterKey> {
            MasterKey::load_or_create(&self.0, &SeededEntropy::new(seed))
        }
    }

    impl Drop for KeyFile {
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
        let (key, _) = master.new_data_key(tenant, &entropy).unwrap();
        let (other, _) = master.new_data_key(tenant, &entropy).unwrap();
        let sealed = key.seal(b"here", b"secret", &entropy).unwrap();
        assert_eq!(key.open(b"here", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(key.open(b"there", &sealed), Err(SealError));
        assert_eq!(other.open(b"here", &sealed), Err(SealError));
    }

    #[test]
    fn the_same_secret_never_looks_the_same_twice() {
        let (master, entropy, tenant) = keys();
        let (key, _) = master.new_data_key(tenant, &entropy).unwrap();
        let seal = || key.seal(b"here", b"secret", &entropy).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn what_is_damaged_or_cut_short_does_not_open() {
        let (master, entropy, tenant) = keys();
        let (key, _) = master.new_data_key(tenant, &entropy).unwrap();
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
        let (key, stored) = master.new_data_key(tenant, &entropy).unwrap();
        let sealed = key.seal(b"here", b"secret", &entropy).unwrap();
        let again = master.open_data_key(tenant, &stored).unwrap();
        assert_eq!(again.open(b"here", &sealed).unwrap().as_slice(), b"secret");
        let stranger = TenantId::new(1, 2);
        assert!(master.open_data_key(stranger, &stored).is_err());
        let other = MasterKey::from_bytes([2; MASTER_KEY_LENGTH]);
        assert!(other.open_data_key(tenant, &stored).is_err());
    }

    #[test]
    fn a_master_key_is_made_once_for_its_owner_alone_and_read_again() {
        let file = KeyFile::named("made");
        let made = file.load(1).unwrap();
        let mode = fs::metadata(&file.0).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read = file.load(2).unwrap();
        assert_eq!(made.0, read.0);
    }

    #[test]
    fn a_master_key_that_others_may_read_or_of_another_length_is_refused() {
        let file = KeyFile::named("refused");
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
        let (key, _) = master.new_data_key(tenant, &entropy).unwrap();
        assert_eq!(format!("{master:?} {key:?}"), "MasterKey(…) DataKey(…)");
    }
}
