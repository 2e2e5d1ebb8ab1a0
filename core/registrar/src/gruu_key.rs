//! The exchange's key to temporary addresses of phones (RFC 5627 §A.2).

use crate::Binding;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// Octets by which a phone is known within its device.
pub(crate) const PHONE: usize = 8;

/// What temporary addresses are sealed with.
#[derive(Clone)]
pub struct GruuKey([u8; 32]);

impl GruuKey {
    /// The key made of 256 random bits.
    #[must_use]
    pub fn new(bits: [u8; 32]) -> GruuKey {
        GruuKey(bits)
    }

    /// The digest of some parts for one use.
    pub(crate) fn mac(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        // a key shorter than a block is filled up with zeros (RFC 2104 §2)
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in [label.as_bytes()].iter().chain(parts) {
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// What a phone is known by within its device: its instance, and the registration that the
    /// address ends with.
    pub(crate) fn phone(&self, binding: &Binding) -> Option<[u8; PHONE]> {
        let instance = binding.instance.as_ref()?;
        let parts = [instance.as_bytes(), binding.call_id.as_bytes()];
        self.mac("phone", &parts).first_chunk().copied()
    }

    /// Makes a text unreadable, or readable again.
    pub(crate) fn veil(&self, nonce: &[u8], text: &mut [u8]) {
        let veil = self.mac("veil", &[nonce]);
        for (byte, veil) in text.iter_mut().zip(veil) {
            *byte ^= veil;
        }
    }
}

impl fmt::Debug for GruuKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GruuKey(…)")
    }
}
