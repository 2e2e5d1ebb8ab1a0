//! What opens an archive: a passphrase, or a key from a file.

use std::fmt;

use admin::archive::PASSPHRASE_MIN;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ports::{ArchiveError, Entropy};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::head::{Head, Sort};

/// Bytes of a key.
pub const KEY_LENGTH: usize = 32;

/// Memory that guessing one passphrase takes, in KiB.
pub(crate) const MEMORY_KIB: u32 = 64 << 10;

/// Passes over it.
pub(crate) const PASSES: u32 = 3;

/// What opens an archive. `Debug` hides it.
#[derive(Clone)]
pub struct ArchiveKey(Secret);

/// A head with the key of its archive.
pub(crate) struct Opened {
    pub(crate) head: Head,
    pub(crate) key: Zeroizing<[u8; KEY_LENGTH]>,
}

#[derive(Clone)]
enum Secret {
    Passphrase(Zeroizing<String>),
    Key(Zeroizing<[u8; KEY_LENGTH]>),
}

/// Text that is no key or too weak a passphrase. It does not repeat what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadKey {
    /// A passphrase has too few characters.
    Short,
    /// A key file holds neither 32 bytes nor their base64.
    NoKey,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadKey::Short => "a passphrase must have at least 12 characters",
            BadKey::NoKey => "a key file must hold 32 bytes, or one line of their base64",
        })
    }
}

impl std::error::Error for BadKey {}

impl ArchiveKey {
    /// A passphrase; white space around it does not count.
    ///
    /// # Errors
    /// [`BadKey::Short`].
    pub fn passphrase(text: &str) -> Result<ArchiveKey, BadKey> {
        let text = text.trim();
        if text.chars().count() < PASSPHRASE_MIN {
            return Err(BadKey::Short);
        }
        Ok(ArchiveKey(Secret::Passphrase(Zeroizing::new(
            text.to_owned(),
        ))))
    }

    /// Reads what a key file holds: exactly 32 bytes, or one line of base64.
    ///
    /// # Errors
    /// [`BadKey::NoKey`].
    pub fn parse(file: &[u8]) -> Result<ArchiveKey, BadKey> {
        if let Ok(key) = <[u8; KEY_LENGTH]>::try_from(file) {
            return Ok(ArchiveKey(Secret::Key(Zeroizing::new(key))));
        }
        let line = str::from_utf8(file).map_err(|_| BadKey::NoKey)?;
        let bytes = STANDARD.decode(line.trim()).map_err(|_| BadKey::NoKey)?;
        let key = <[u8; KEY_LENGTH]>::try_from(Zeroizing::new(bytes).as_slice());
        let key = key.map_err(|_| BadKey::NoKey)?;
        Ok(ArchiveKey(Secret::Key(Zeroizing::new(key))))
    }

    /// The line of a new key file.
    pub fn generate(entropy: &dyn Entropy) -> Zeroizing<String> {
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        entropy.fill(key.as_mut());
        Zeroizing::new(STANDARD.encode(key.as_ref()))
    }

    /// Makes the key of a new archive.
    pub(crate) fn open_new(&self, entropy: &dyn Entropy) -> Result<Opened, ArchiveError> {
        self.open(self.head(entropy))
    }

    /// Makes the key of the archive with this head.
    pub(crate) fn open(&self, head: Head) -> Result<Opened, ArchiveError> {
        let key = self.of(&head)?;
        Ok(Opened { head, key })
    }

    /// The head of a new archive under this key.
    fn head(&self, entropy: &dyn Entropy) -> Head {
        let sort = match &self.0 {
            Secret::Passphrase(_) => Sort::Passphrase {
                memory_kib: MEMORY_KIB,
                passes: PASSES,
            },
            Secret::Key(_) => Sort::Key,
        };
        Head::new(sort, entropy)
    }

    /// The key of one archive, which no other archive has.
    fn of(&self, head: &Head) -> Result<Zeroizing<[u8; KEY_LENGTH]>, ArchiveError> {
        match (&self.0, head.sort) {
            (Secret::Passphrase(text), Sort::Passphrase { memory_kib, passes }) => {
                let mut key = Zeroizing::new([0; KEY_LENGTH]);
                let refused = |_| ArchiveError::NoArchive;
                let params = Params::new(memory_kib, passes, 1, Some(KEY_LENGTH));
                let argon = Argon2::new(
                    Algorithm::Argon2id,
                    Version::V0x13,
                    params.map_err(refused)?,
                );
                argon
                    .hash_password_into(text.as_bytes(), &head.salt, key.as_mut())
                    .map_err(refused)?;
                Ok(key)
            }
            (Secret::Key(key), Sort::Key) => {
                let mac = Hmac::<Sha256>::new_from_slice(key.as_ref());
                let mac = mac.map_err(|_| ArchiveError::OtherKey)?;
                let made = mac.chain_update(head.salt).finalize().into_bytes();
                Ok(Zeroizing::new(made.into()))
            }
            (Secret::Passphrase(_), Sort::Key) => Err(ArchiveError::Odd(
                "it was made with a key file, not with a passphrase".to_owned(),
            )),
            (Secret::Key(_), Sort::Passphrase { .. }) => Err(ArchiveError::Odd(
                "it was made with a passphrase, not with a key file".to_owned(),
            )),
        }
    }
}

impl fmt::Debug for ArchiveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArchiveKey(…)")
    }
}
