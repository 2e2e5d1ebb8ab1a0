//! The secret of one direction.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::Suite;

/// Octets of the longest master key with its salt.
const MOST: usize = 46;

/// Master key and master salt of one direction (RFC 3711 section 3.2.1). Wiped when it is dropped,
/// and never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct MasterKey {
    suite: Suite,
    bytes: [u8; MOST],
}

/// What is kept of a key.
#[derive(Serialize, Deserialize)]
struct Stored {
    suite: Suite,
    bytes: Vec<u8>,
}

impl MasterKey {
    /// A key of its octets, the salt behind; none unless there are as many as the suite wants.
    #[must_use]
    pub fn new(suite: Suite, key_and_salt: &[u8]) -> Option<MasterKey> {
        if key_and_salt.len() != suite.master_bytes() {
            return None;
        }
        let mut bytes = [0; MOST];
        bytes
            .get_mut(..key_and_salt.len())?
            .copy_from_slice(key_and_salt);
        Some(MasterKey { suite, bytes })
    }

    /// For which ciphers it is.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Key and salt in a row.
    #[must_use]
    pub fn key_and_salt(&self) -> &[u8] {
        self.bytes
            .get(..self.suite.master_bytes())
            .unwrap_or_default()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.bytes.get(..self.suite.key_bytes()).unwrap_or_default()
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        let range = self.suite.key_bytes()..self.suite.master_bytes();
        self.bytes.get(range).unwrap_or_default()
    }
}

impl PartialEq for MasterKey {
    fn eq(&self, other: &MasterKey) -> bool {
        self.suite == other.suite && bool::from(self.bytes.ct_eq(&other.bytes))
    }
}

impl Eq for MasterKey {}

impl Drop for MasterKey {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, hidden)", self.suite.name())
    }
}

impl From<MasterKey> for Stored {
    fn from(key: MasterKey) -> Stored {
        Stored {
            suite: key.suite,
            bytes: key.key_and_salt().to_vec(),
        }
    }
}

impl TryFrom<Stored> for MasterKey {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<MasterKey, &'static str> {
        let key = MasterKey::new(stored.suite, &stored.bytes);
        key.ok_or("a key must have as many octets as its suite wants")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_printed() {
        let key = MasterKey::new(Suite::AesGcm128, &[0xa5; 28]).unwrap();
        assert_eq!(format!("{key:?}"), "MasterKey(AEAD_AES_128_GCM, hidden)");
    }

    #[test]
    fn a_key_of_another_length_is_none() {
        assert_eq!(MasterKey::new(Suite::AesGcm128, &[1; 30]), None);
        let key = MasterKey::new(Suite::AesCm128Sha1Tag80, &[1; 30]).unwrap();
        assert_eq!((key.key().len(), key.salt().len()), (16, 14));
    }
}
