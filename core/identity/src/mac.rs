//! Keyed digests: HMAC-SHA256 (RFC 2104) of labelled parts.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Length of a block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// The digest of some parts under a key of 256 bits.
///
/// The label parts the uses of one key from each other. Each part goes in with its length, so no
/// two lists of parts are one text.
pub(crate) fn mac(key: &[u8; 32], label: &str, parts: &[&[u8]]) -> [u8; 32] {
    // a key shorter than a block is filled up with zeros (RFC 2104 §2)
    let mut block = [0; BLOCK];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in [label.as_bytes()].iter().chain(parts) {
        mac.update(&part.len().to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
