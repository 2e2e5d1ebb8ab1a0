//! Devices from which a person has signed in before, remembered by the device and not by us.
//!
//! After a successful login the browser keeps a cookie that says so, under the platform's key
//! (OWASP: *slow down online guessing attacks with device cookies*). Whoever shows it is counted
//! apart from strangers, so strangers cannot lock its owner out.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::UserId;
use subtle::ConstantTimeEq;

use crate::mac::mac;

/// One use of the key among others.
const LABEL: &str = "known device";

/// A device from which one person has signed in. Only a cookie that [`DeviceKey`] made gives one
/// back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Device {
    user: UserId,
    nonce: [u8; 16],
}

impl Device {
    /// The person who signed in there.
    pub fn user(&self) -> UserId {
        self.user
    }
}

/// The platform's key of device cookies. `Debug` hides it.
#[derive(Clone)]
pub struct DeviceKey([u8; 32]);

impl DeviceKey {
    /// The key made of 256 random bits.
    pub fn new(bits: [u8; 32]) -> DeviceKey {
        DeviceKey(bits)
    }

    /// The cookie of a device on which somebody has just signed in, with 128 random bits.
    pub fn issue(&self, user: UserId, nonce: [u8; 16]) -> String {
        let user = user.as_u128().to_be_bytes();
        let mac = mac(&self.0, LABEL, &[&user, &nonce]);
        URL_SAFE_NO_PAD.encode([&user[..], &nonce, &mac].concat())
    }

    /// The device that a cookie stands for, when it was made for this person under this key.
    pub fn read(&self, user: UserId, cookie: &str) -> Option<Device> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let (whose, rest) = bytes.split_first_chunk::<16>()?;
        let (nonce, proof) = rest.split_first_chunk::<16>()?;
        let genuine: bool = mac(&self.0, LABEL, &[whose, nonce]).ct_eq(proof).into();
        (genuine && *whose == user.as_u128().to_be_bytes()).then_some(Device {
            user,
            nonce: *nonce,
        })
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_good_for_its_person_and_key_only() {
        let (key, ann, bob) = (
            DeviceKey::new([1; 32]),
            UserId::new(1, 1),
            UserId::new(2, 2),
        );
        let cookie = key.issue(ann, [5; 16]);
        assert_eq!(key.read(ann, &cookie).map(|d| d.user()), Some(ann));
        assert_eq!(key.read(bob, &cookie), None);
        assert_eq!(DeviceKey::new([2; 32]).read(ann, &cookie), None);
        assert_eq!(key.read(ann, &cookie[..cookie.len() - 4]), None);
        assert_eq!(key.read(ann, "not a cookie"), None);
    }
}
