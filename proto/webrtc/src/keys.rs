//! From what a handshake has agreed on to the keys of both directions.

use std::fmt;

use srtp::{MasterKey, Suite};
use zeroize::Zeroizing;

use crate::role::Role;

/// What both ends of a handshake have exported under the label `EXTRACTOR-dtls_srtp` (RFC 5764
/// section 4.2). Wiped when it is dropped, and never printed.
pub struct KeyingMaterial {
    suite: Suite,
    octets: Zeroizing<Vec<u8>>,
}

impl KeyingMaterial {
    /// Material of its octets: the client's key, the server's, the client's salt, the server's.
    /// None unless there are as many as the suite wants.
    #[must_use]
    pub fn new(suite: Suite, octets: &[u8]) -> Option<KeyingMaterial> {
        (octets.len() == 2 * suite.master_bytes()).then(|| KeyingMaterial {
            suite,
            octets: Zeroizing::new(octets.to_vec()),
        })
    }

    /// What the peer protects its packets with, and what we protect ours with, when `role` is our
    /// part in the handshake.
    #[must_use]
    pub fn split(&self, role: Role) -> Option<(MasterKey, MasterKey)> {
        let (keys, salts) = self.octets.split_at_checked(2 * self.suite.key_bytes())?;
        let (client_key, server_key) = keys.split_at_checked(self.suite.key_bytes())?;
        let (client_salt, server_salt) = salts.split_at_checked(self.suite.salt_bytes())?;
        let joined = |key: &[u8], salt: &[u8]| {
            let octets = Zeroizing::new([key, salt].concat());
            MasterKey::new(self.suite, &octets)
        };
        let client = joined(client_key, client_salt)?;
        let server = joined(server_key, server_salt)?;
        Some(match role {
            Role::Client => (server, client),
            Role::Server => (client, server),
        })
    }
}

impl fmt::Debug for KeyingMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyingMaterial({}, hidden)", self.suite.name())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    // rfc: 5764 §4.2
    #[test]
    fn the_keys_stand_before_the_salts_and_the_clients_before_the_servers() {
        for suite in Suite::ALL {
            let (key, salt) = (suite.key_bytes(), suite.salt_bytes());
            let parts = [vec![1; key], vec![2; key], vec![3; salt], vec![4; salt]];
            let material = KeyingMaterial::new(suite, &parts.concat()).unwrap();
            let (takes, sends) = material.split(Role::Client).unwrap();
            assert_eq!((takes.key(), takes.salt()), (&*parts[1], &*parts[3]));
            assert_eq!((sends.key(), sends.salt()), (&*parts[0], &*parts[2]));
            let other_end = material.split(Role::Server).unwrap();
            assert_eq!(other_end, (sends, takes));
        }
    }

    #[test]
    fn material_of_another_length_is_none() {
        let octets = [0; 60];
        assert!(KeyingMaterial::new(Suite::AesCm128Sha1Tag80, &octets).is_some());
        assert!(KeyingMaterial::new(Suite::AesCm128Sha1Tag80, &octets[1..]).is_none());
        assert!(KeyingMaterial::new(Suite::AesGcm128, &octets).is_none());
    }

    #[test]
    fn material_is_never_printed() {
        let material = KeyingMaterial::new(Suite::AesGcm128, &[0xa5; 56]).unwrap();
        assert_eq!(
            format!("{material:?}"),
            "KeyingMaterial(AEAD_AES_128_GCM, hidden)"
        );
    }
}
