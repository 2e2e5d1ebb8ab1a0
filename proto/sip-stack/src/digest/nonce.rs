//! Nonces without memory: time, number, to whom it was sent, and a code that only we can make.
//!
//! That a nonce was sent to the address from which it comes back shows that the address is not
//! forged. It is no condition: a phone whose network or translator gives it another address
//! between challenge and answer is let in as ever, and a captured answer serves nobody anyway,
//! since each count is taken once.

use std::net::IpAddr;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use machine::Instant;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::algorithm::Hex;

const TIME: usize = 6;
const NUMBER: usize = 6;
const HEAD: usize = TIME + NUMBER;
const PLACE: usize = 4;
const SIGNED: usize = HEAD + PLACE;
const CODE: usize = 8;
const WHOLE: usize = SIGNED + CODE;

/// A nonce of ours that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Returned {
    pub(super) nonce: Nonce,
    /// It was made for the address that it comes from.
    pub(super) from_where_sent: bool,
}

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

    /// A short code of an address, another one for each nonce, so that it tells nobody else which
    /// nonces belong together.
    fn place(&self, head: &[u8], address: IpAddr) -> [u8; PLACE] {
        let mut text = [0_u8; HEAD + 16];
        text[..HEAD].copy_from_slice(head);
        let octets = match address.to_canonical() {
            IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
            IpAddr::V6(ip) => ip.octets(),
        };
        text[HEAD..].copy_from_slice(&octets);
        let mut place = [0_u8; PLACE];
        place.copy_from_slice(&self.code(2, &text)[..PLACE]);
        place
    }

    /// A new nonce for an address: 48 hexadecimal digits.
    pub(super) fn mint(&mut self, to: IpAddr, now: Instant) -> Hex {
        self.made = self.made.wrapping_add(1);
        let mut bytes = [0_u8; WHOLE];
        bytes[..TIME].copy_from_slice(&now.as_millis().to_be_bytes()[8 - TIME..]);
        bytes[TIME..HEAD].copy_from_slice(&self.made.to_be_bytes()[8 - NUMBER..]);
        let place = self.place(&bytes[..HEAD], to);
        bytes[HEAD..SIGNED].copy_from_slice(&place);
        let code = self.code(0, &bytes[..SIGNED]);
        bytes[SIGNED..].copy_from_slice(&code[..CODE]);
        Hex::of(&bytes)
    }

    /// Reads a nonce that came from an address; nothing when we did not make it.
    pub(super) fn read(&self, text: &str, from: IpAddr) -> Option<Returned> {
        let mut bytes = [0_u8; WHOLE];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != WHOLE || !rest.is_empty() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let code = self.code(0, &bytes[..SIGNED]);
        if !bool::from(code[..CODE].ct_eq(&bytes[SIGNED..])) {
            return None;
        }
        let place = self.place(&bytes[..HEAD], from);
        let number = |part: &[u8]| part.iter().fold(0_u64, |sum, &b| sum << 8 | u64::from(b));
        let (time, count) = (number(&bytes[..TIME]), number(&bytes[TIME..HEAD]));
        Some(Returned {
            nonce: Nonce {
                id: u128::from(time) << 48 | u128::from(count),
                made_ms: time,
            },
            from_where_sent: bool::from(place.ct_eq(&bytes[HEAD..SIGNED])),
        })
    }

    /// What stands in for the digests of a user we do not know: always the same for one name.
    pub(super) fn decoy(&self, user: &str) -> [u8; 32] {
        self.code(1, user.as_bytes())
    }
}
