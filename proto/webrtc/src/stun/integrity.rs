//! The digest of the attribute MESSAGE-INTEGRITY (RFC 8489 section 14.5).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Octets of the digest.
pub(super) const DIGEST: usize = 20;

/// Octets of the attribute with its header.
const ATTRIBUTE: usize = 4 + DIGEST;

/// Works the octets before the attribute into a digest under this password. The length in their
/// header is counted as if the attribute were the last. None of what is too short for a header or
/// too long for its length.
pub(super) fn digest(before: &[u8], password: &str) -> Option<Hmac<Sha1>> {
    let (kind, rest) = before.split_at_checked(2)?;
    let (_, rest) = rest.split_at_checked(2)?;
    let length = (before.len() + ATTRIBUTE).checked_sub(super::HEADER)?;
    // a key of any length will do for HMAC
    let mut mac = Hmac::<Sha1>::new_from_slice(password.as_bytes()).ok()?;
    mac.update(kind);
    mac.update(&u16::try_from(length).ok()?.to_be_bytes());
    mac.update(rest);
    Some(mac)
}
