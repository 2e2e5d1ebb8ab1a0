//! Globally routable addresses of phones (RFC 5627): the public one names the instance, the
//! temporary one says nothing to anybody but this exchange.
//!
//! A temporary address is not kept: it is what leads to the phone, sealed with the exchange's key.
//! Each registration makes others, and all of them lead there as long as the phone is registered
//! under the Call-ID that it had (§3.1.2). A process that begins anew has another key.

use crate::gruu_key::PHONE;
use crate::{Binding, Registrar};
use ids::DeviceId;
use machine::Random;
use std::fmt::Write;
use tenancy::TenantScope;

/// How the user part of a temporary address begins.
const MARK: &str = "tgruu.";
/// Octets of the number by which no two addresses are alike, of what is sealed, and of the seal.
const NONCE: usize = 8;
const DEVICE: usize = 16;
const SEAL: usize = 16;
const SEALED: usize = DEVICE + PHONE;
const WHOLE: usize = NONCE + SEALED + SEAL;

impl Registrar {
    /// The user part of a new temporary address of a binding's phone; none without an instance.
    #[must_use]
    pub fn temporary_user(&self, binding: &Binding, random: &mut Random) -> Option<String> {
        let key = self.gruu_key();
        let nonce = random.next_u64().to_be_bytes();
        let mut sealed = [0; SEALED];
        sealed[..DEVICE].copy_from_slice(&binding.who.as_u128().to_be_bytes());
        sealed[DEVICE..].copy_from_slice(&key.phone(binding)?);
        key.veil(&nonce, &mut sealed);
        let seal = key.mac("seal", &[&nonce, &sealed]);
        let mut user = MARK.to_owned();
        for byte in nonce.iter().chain(&sealed).chain(&seal[..SEAL]) {
            // writing into memory cannot fail
            let _infallible = write!(user, "{byte:02x}");
        }
        Some(user)
    }

    /// The best flow to the phone that a temporary address leads to, if it is one of this tenant's
    /// and still registered.
    #[must_use]
    pub fn by_temporary_user(&self, scope: &TenantScope, user: &str) -> Option<&Binding> {
        let key = self.gruu_key();
        let octets = octets(user.strip_prefix(MARK)?)?;
        let (nonce, rest) = octets.split_at_checked(NONCE)?;
        let (sealed, seal) = rest.split_at_checked(SEALED)?;
        let right = key.mac("seal", &[nonce, sealed]);
        if right.get(..SEAL)? != seal {
            return None;
        }
        let mut open = [0; SEALED];
        open.copy_from_slice(sealed);
        key.veil(nonce, &mut open);
        let (device, phone) = open.split_first_chunk::<DEVICE>()?;
        let device = DeviceId::from_u128(u128::from_be_bytes(*device));
        let mut held = self.bindings(scope, device).iter();
        held.find(|binding| key.phone(binding).is_some_and(|known| known == phone))
    }
}

fn octets(text: &str) -> Option<[u8; WHOLE]> {
    let mut octets = [0; WHOLE];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != WHOLE || !rest.is_empty() {
        return None;
    }
    for (octet, pair) in octets.iter_mut().zip(pairs) {
        let pair = std::str::from_utf8(pair).ok()?;
        *octet = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(octets)
}
