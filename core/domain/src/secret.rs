//! Secrets of documents, and what is kept of them.

use std::fmt;

use md5::Md5;
use sha2::{Digest, Sha256};
use stir::PrivateKey;

use crate::invalid::{Invalid, rule};
use crate::secret_rule::SecretRule;

/// Fewest characters of a supplied secret.
pub const SECRET_MIN: usize = 8;
/// Most characters of a supplied secret.
pub const SECRET_MAX: usize = 128;

/// Longest private key in PEM, in bytes.
pub const PEM_MAX: usize = 2_048;

/// Characters of a generated secret: no 0/O, 1/l/I to mistake. 32 of them, 5 bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A secret in clear. It lives only while it is being set or shown: it is never
/// serialised, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a supplied secret of 8 to 128 printable ASCII characters.
    pub fn supplied(text: impl Into<String>) -> Result<Secret, Invalid> {
        let text = text.into();
        let length = (SECRET_MIN..=SECRET_MAX).contains(&text.len());
        rule(length, "/secret", "must have 8 to 128 characters")?;
        let printable = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        rule(printable, "/secret", "must be printable ASCII")?;
        Ok(Secret(text))
    }

    /// Takes a supplied secret of the sort that a kind has: a private key in PEM, of which the key
    /// itself is kept, or a text.
    pub fn of_sort(rule: SecretRule, text: &str) -> Result<Secret, Invalid> {
        match rule {
            SecretRule::PrivateKey => Secret::private_key(text),
            SecretRule::None
            | SecretRule::Generated
            | SecretRule::Signing
            | SecretRule::Supplied => Secret::supplied(text),
        }
    }

    /// Takes a private key of P-256 in PEM, of at most 2,048 bytes. What is kept of it is the key
    /// alone, as 64 digits of hex.
    pub fn private_key(pem: &str) -> Result<Secret, Invalid> {
        let short = pem.len() <= PEM_MAX;
        rule(short, "/secret", "must have at most 2048 bytes")?;
        let key = PrivateKey::from_pem(pem);
        let key = key.map_err(|bad| Invalid::new("/secret", bad.to_string()))?;
        let hex = |byte: &u8| format!("{byte:02x}");
        Ok(Secret(key.to_bytes().iter().map(hex).collect()))
    }

    /// The private key that [`Secret::private_key`] kept; `None` for any other secret.
    pub fn signing_key(&self) -> Option<PrivateKey> {
        let mut bytes = [0; PrivateKey::LENGTH];
        if self.0.len() != 2 * bytes.len() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            let digits = self.0.get(2 * at..2 * at + 2)?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        PrivateKey::from_bytes(&bytes).ok()
    }

    /// Makes a secret of 24 characters (120 bits) from random bytes; each byte gives five bits.
    pub fn generated(random: &[u8; 24]) -> Secret {
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
        Secret(random.iter().map(letter).collect())
    }

    /// The secret itself, to be shown to its owner once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The two `H(username ":" realm ":" secret)` of a device (RFC 7616 §3.4.2); all that is kept of
/// its secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// By MD5.
    pub md5: [u8; 16],
    /// By SHA-256.
    pub sha256: [u8; 32],
}

impl Digests {
    /// The digests of a user name and a secret in a realm.
    pub fn of(username: &str, realm: &str, secret: &Secret) -> Digests {
        let text = format!("{username}:{realm}:{}", secret.reveal());
        Digests {
            md5: Md5::digest(&text).into(),
            sha256: Sha256::digest(&text).into(),
        }
    }

    /// Length of [`Digests::to_bytes`].
    pub const LENGTH: usize = 48;

    /// Both, MD5 first.
    pub fn to_bytes(self) -> [u8; Digests::LENGTH] {
        let mut bytes = [0; Digests::LENGTH];
        bytes[..16].copy_from_slice(&self.md5);
        bytes[16..].copy_from_slice(&self.sha256);
        bytes
    }

    /// Reads what [`Digests::to_bytes`] wrote; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Digests> {
        let (md5, sha256) = bytes.split_at_checked(16)?;
        Some(Digests {
            md5: md5.try_into().ok()?,
            sha256: sha256.try_into().ok()?,
        })
    }
}

impl fmt::Debug for Digests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digests(…)")
    }
}
