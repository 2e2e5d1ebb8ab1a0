//! Several master keys at once, so that one can replace another while the exchange runs.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::Entropy;
use tenancy::Owner;
use zeroize::Zeroizing;

use super::cipher::SealError;
use super::data_key::DataKey;
use super::master_key::{MASTER_KEY_LENGTH, MasterKey};

/// Most master keys that are held at once.
pub const KEYS_MAX: usize = 4;

/// The platform's master keys: the first seals, all of them open.
#[derive(Clone)]
pub struct Keyring(Vec<MasterKey>);

/// Text that holds no master keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKeys;

impl fmt::Display for BadKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 32 bytes, or 1 to 4 lines of base64 with 32 bytes each, newest first")
    }
}

impl std::error::Error for BadKeys {}

impl Keyring {
    /// A ring of one key.
    pub fn of(key: MasterKey) -> Keyring {
        Keyring(vec![key])
    }

    /// A ring of this key, and of those of another ring that only open any more.
    #[must_use]
    pub fn renewed(self, newest: MasterKey) -> Keyring {
        let mut keys = vec![newest];
        keys.extend(self.0);
        keys.truncate(KEYS_MAX);
        Keyring(keys)
    }

    /// A ring of this key and all of those that are there; `None` when they would be too many.
    #[must_use]
    pub fn with_newest(&self, newest: MasterKey) -> Option<Keyring> {
        (self.0.len() < KEYS_MAX).then(|| self.clone().renewed(newest))
    }

    /// A ring of the newest key alone.
    #[must_use]
    pub fn newest_alone(&self) -> Keyring {
        Keyring(self.0.iter().take(1).cloned().collect())
    }

    /// The names of the keys, newest first.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(MasterKey::name).collect()
    }

    /// Which key opens an owner's sealed data key, counted from the newest; `None` when none does.
    pub fn opener(&self, owner: Owner, sealed: &[u8]) -> Option<usize> {
        let opens = |key: &MasterKey| key.open_data_key(owner, sealed).is_ok();
        self.0.iter().position(opens)
    }

    /// The keys as lines of base64, newest first, as [`Keyring::parse`] reads them.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        for key in &self.0 {
            text.push_str(&key.to_text());
            text.push('\n');
        }
        text
    }

    /// Reads what a key file, an environment variable or a key store gives: exactly 32 bytes, or
    /// lines of base64, the newest key first.
    ///
    /// # Errors
    /// [`BadKeys`]; it does not repeat what was read.
    pub fn parse(given: &[u8]) -> Result<Keyring, BadKeys> {
        if let Ok(key) = <[u8; MASTER_KEY_LENGTH]>::try_from(given) {
            return Ok(Keyring::of(MasterKey::from_bytes(key)));
        }
        let text = str::from_utf8(given).map_err(|_| BadKeys)?;
        let mut keys = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let bytes = Zeroizing::new(STANDARD.decode(line).map_err(|_| BadKeys)?);
            let key = <[u8; MASTER_KEY_LENGTH]>::try_from(bytes.as_slice());
            keys.push(MasterKey::from_bytes(key.map_err(|_| BadKeys)?));
        }
        if (1..=KEYS_MAX).contains(&keys.len()) {
            Ok(Keyring(keys))
        } else {
            Err(BadKeys)
        }
    }

    /// Makes an owner's data key: the key, and its form sealed under the newest master key.
    ///
    /// # Errors
    /// [`SealError`] when the cipher refuses, which it does for no input of this length.
    pub fn new_data_key(
        &self,
        owner: Owner,
        entropy: &dyn Entropy,
    ) -> Result<(DataKey, Vec<u8>), SealError> {
        self.newest()?.new_data_key(owner, entropy)
    }

    /// Opens an owner's sealed data key, under whichever key it was sealed.
    ///
    /// # Errors
    /// [`SealError`] under none of the keys, or for another owner.
    pub fn open_data_key(&self, owner: Owner, sealed: &[u8]) -> Result<DataKey, SealError> {
        let mut opened = self.0.iter().map(|key| key.open_data_key(owner, sealed));
        opened.find(Result::is_ok).unwrap_or(Err(SealError))
    }

    /// Seals an owner's data key under the newest master key; `None` when it is so already.
    ///
    /// # Errors
    /// [`SealError`] when no key opens it.
    pub fn reseal(
        &self,
        owner: Owner,
        sealed: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, SealError> {
        let newest = self.newest()?;
        if newest.open_data_key(owner, sealed).is_ok() {
            return Ok(None);
        }
        let key = self.open_data_key(owner, sealed)?;
        newest.seal_data_key(owner, &key, entropy).map(Some)
    }

    /// Seals an owner's data key that came from elsewhere under the newest master key.
    ///
    /// # Errors
    /// [`SealError`] when the cipher refuses, which it does for no input of this length.
    pub fn seal_data_key(
        &self,
        owner: Owner,
        key: &DataKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        self.newest()?.seal_data_key(owner, key, entropy)
    }

    fn newest(&self) -> Result<&MasterKey, SealError> {
        self.0.first().ok_or(SealError)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({})", self.0.len())
    }
}
