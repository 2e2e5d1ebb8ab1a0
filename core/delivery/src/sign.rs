//! Signatures of webhooks, in the form of Standard Webhooks: HMAC-SHA256 (RFC 2104) over
//! `id.timestamp.body`, base64, with the version `v1` before it.
//!
//! While a key is being replaced, each delivery carries one signature of each valid key; a
//! receiver accepts it when any of them fits a key that it knows.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use machine::WallTime;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// What the text of every key begins with, so that leaked ones can be searched for.
pub const KEY_PREFIX: &str = "whsec_";

/// Length of a key, in bytes.
pub const KEY_BYTES: usize = 32;

/// Length of a block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// How far a delivery's timestamp may be from the receiver's clock, either way. What is older
/// may be a repetition by somebody who listened.
pub const REPLAY_WINDOW: Duration = Duration::from_secs(300);

/// A key that signs. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey([u8; KEY_BYTES]);

impl SigningKey {
    /// The key made of 256 bits of the operating system's randomness.
    pub fn from_entropy(bits: [u8; KEY_BYTES]) -> SigningKey {
        SigningKey(bits)
    }

    /// Reads a key's text: `whsec_` and base64.
    pub fn parse(text: &str) -> Option<SigningKey> {
        let bits = STANDARD.decode(text.strip_prefix(KEY_PREFIX)?).ok()?;
        Some(SigningKey(bits.try_into().ok()?))
    }

    /// The key's text, to be shown to its owner once.
    pub fn reveal(&self) -> String {
        format!("{KEY_PREFIX}{}", STANDARD.encode(self.0))
    }

    /// Its bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> [u8; 32] {
        // a key shorter than a block is filled up with zeros (RFC 2104 §2)
        let mut block = [0; BLOCK];
        block[..KEY_BYTES].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The header `webhook-signature`: one signature of each key, in their order.
pub fn signatures(keys: &[SigningKey], id: &str, timestamp: i64, body: &[u8]) -> String {
    let sign = |key: &SigningKey| format!("v1,{}", STANDARD.encode(key.mac(id, timestamp, body)));
    keys.iter().map(sign).collect::<Vec<_>>().join(" ")
}

/// Why a delivery is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSignature {
    /// The timestamp is no number, or outside [`REPLAY_WINDOW`].
    Stale,
    /// No signature fits the key.
    Wrong,
}

/// What a receiver does: checks the three headers and the body as they came.
///
/// # Errors
/// [`BadSignature`].
pub fn verify(
    key: &SigningKey,
    (id, timestamp, signatures): (&str, &str, &str),
    body: &[u8],
    now: WallTime,
) -> Result<(), BadSignature> {
    let timestamp: i64 = timestamp.parse().map_err(|_| BadSignature::Stale)?;
    let apart = (now.unix_ms() / 1_000).abs_diff(timestamp);
    if apart > REPLAY_WINDOW.as_secs() {
        return Err(BadSignature::Stale);
    }
    let right = key.mac(id, timestamp, body);
    let fits = |signature: &str| {
        let given = signature.strip_prefix("v1,");
        let given = given.and_then(|text| STANDARD.decode(text).ok());
        given.is_some_and(|given| given.ct_eq(&right).into())
    };
    if signatures.split(' ').any(fits) {
        Ok(())
    } else {
        Err(BadSignature::Wrong)
    }
}
