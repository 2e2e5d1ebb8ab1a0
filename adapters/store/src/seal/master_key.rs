//! The master key: it seals each owner's data key.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::Entropy;
use sha2::{Digest, Sha256};
use tenancy::Owner;
use zeroize::Zeroizing;

use super::cipher::{SealError, open, seal};
use super::data_key::{DataKey, place_of};

/// Length of the master key, in bytes.
pub const MASTER_KEY_LENGTH: usize = 32;

/// The platform's key. It seals data keys and nothing else.
#[derive(Clone)]
pub struct MasterKey(pub(super) Zeroizing<[u8; MASTER_KEY_LENGTH]>);

impl MasterKey {
    /// The key made of these bytes.
    pub fn from_bytes(bytes: [u8; MASTER_KEY_LENGTH]) -> MasterKey {
        MasterKey(Zeroizing::new(bytes))
    }

    /// A new key.
    pub fn generate(entropy: &dyn Entropy) -> MasterKey {
        let mut key = Zeroizing::new([0; MASTER_KEY_LENGTH]);
        entropy.fill(key.as_mut());
        MasterKey(key)
    }

    /// A name by which the key can be told from others and not be found: a part of a hash of it, in
    /// hexadecimal digits.
    pub fn name(&self) -> String {
        let hash = Sha256::new()
            .chain_update(b"strowger master key")
            .chain_update(self.0.as_ref())
            .finalize();
        let half = hash.iter().take(8);
        half.map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key as text: a line of base64, such as a keyring is read from.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_ref()))
    }

    /// Reads one key from a file of exactly 32 bytes, readable by its owner alone; makes the
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
        refuse_shared(path)?;
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
    pub(super) fn create(path: &Path, entropy: &dyn Entropy) -> io::Result<MasterKey> {
        let made = MasterKey::generate(entropy);
        let draft = path.with_extension(format!("new-{:016x}", entropy.next_u128() >> 64));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(made.0.as_ref())?;
        file.sync_all()?;
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        match linked {
            Ok(()) => {
                if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                    File::open(folder)?.sync_all()?;
                }
                Ok(made)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                MasterKey::from_file(path, Zeroizing::new(fs::read(path)?))
            }
            Err(error) => Err(error),
        }
    }

    /// Makes an owner's data key: the key, and its sealed form to be stored.
    ///
    /// # Errors
    /// [`SealError`] when the cipher refuses, which it does for no input of this length.
    pub fn new_data_key(
        &self,
        owner: Owner,
        entropy: &dyn Entropy,
    ) -> Result<(DataKey, Vec<u8>), SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        let key = DataKey(bytes);
        let sealed = self.seal_data_key(owner, &key, entropy)?;
        Ok((key, sealed))
    }

    pub(super) fn seal_data_key(
        &self,
        owner: Owner,
        key: &DataKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        seal(&self.0, &place_of(owner), key.0.as_ref(), entropy)
    }

    /// Opens an owner's sealed data key.
    ///
    /// # Errors
    /// [`SealError`] under another master key or for another owner.
    pub fn open_data_key(&self, owner: Owner, sealed: &[u8]) -> Result<DataKey, SealError> {
        let bytes = open(&self.0, &place_of(owner), sealed)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| SealError)?;
        Ok(DataKey(Zeroizing::new(key)))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Refuses a key file that others than its owner may read.
pub(super) fn refuse_shared(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    let rule = "the master key file must be readable by its owner alone (chmod 600)";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, rule))
}
