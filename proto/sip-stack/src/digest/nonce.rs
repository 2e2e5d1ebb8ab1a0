//! Nonces without memory: time, number, and a code that only we can make.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use machine::Instant;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::algorithm::Hex;

const TIME: usize = 6;
const NUMBER: usize = 6;
const HEAD: usize = TIME + NUMBER;
const CODE: usize = 12;
const WHOLE: usize = HEAD + CODE;

/// A nonce of ours whose code was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nonce {
    /// Names it among all of this process.
    pub(super) id: u128,
    /// When it was made, in milliseconds of our time.
    pub(super) made_ms: u64,
}

impl Nonce {
    pub(super) fn is_expired(&self, life: Duration, now: Instant) -> bool {
        now.saturating_since(Instant::from_millis(self.made_ms)) > life
    }
}

/// Makes and knows nonces.
pub(super) struct Mint {
    keyed: Hmac<Sha256>,
    made: u64,
}

impl Mint {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let keyed = match Hmac::<Sha256>::new_from_slice(secret) {
            Ok(keyed) => keyed,
            // HMAC takes keys of any length; this arm cannot be reached
            Err(_) => Hmac::<Sha256>::new(&Default::default()),
        };
        Self { keyed, made: 0 }
    }

    fn code(&self, domain: u8, text: &[u8]) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        mac.update(&[domain]);
        mac.update(text);
        mac.finalize().into_bytes().into()
    }

    /// A new nonce: 48 hexadecimal digits.
    pub(super) fn mint(&mut self, now: Instant) -> Hex {
        self.made = self.made.wrapping_add(1);
        let mut bytes = [0_u8; WHOLE];
        bytes[..TIME].copy_from_slice(&now.as_millis().to_be_bytes()[8 - TIME..]);
        bytes[TIME..HEAD].copy_from_slice(&self.made.to_be_bytes()[8 - NUMBER..]);
        let code = self.code(0, &bytes[..HEAD]);
        bytes[HEAD..].copy_from_slice(&code[..CODE]);
        Hex::of(&bytes)
    }

    /// Reads a nonce; nothing when we did not make it.
    pub(super) fn read(&self, text: &str) -> Option<Nonce> {
        let mut bytes = [0_u8; WHOLE];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != WHOLE || !rest.is_empty() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let code = self.code(0, &bytes[..HEAD]);
        if !bool::from(code[..CODE].ct_eq(&bytes[HEAD..])) {
            return None;
        }
        let number = |part: &[u8]| part.iter().fold(0_u64, |sum, &b| sum << 8 | u64::from(b));
        let (time, count) = (number(&bytes[..TIME]), number(&bytes[TIME..HEAD]));
        Some(Nonce {
            id: u128::from(time) << 48 | u128::from(count),
            made_ms: time,
        })
    }

    /// What stands in for the digests of a user we do not know: always the same for one name.
    pub(super) fn decoy(&self, user: &str) -> [u8; 32] {
        self.code(1, user.as_bytes())
    }
}
