//! Credentials of our own, of randomness that somebody else has drawn.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sdp::IceCredentials;

use crate::stun::Transaction;

/// Octets of randomness that one end's credentials are made of: 48 bits of the user name fragment
/// and 144 of the password, where RFC 8445 section 5.3 wants 24 and 128.
pub const CREDENTIAL_OCTETS: usize = 24;

/// Octets of the user name fragment.
const UFRAG: usize = 6;

/// Credentials of these random octets; each leg needs octets of its own. The alphabet of base64 is
/// the one that ICE allows. None never comes, as long as base64 makes letters of octets.
#[must_use]
pub fn credentials_of(random: &[u8; CREDENTIAL_OCTETS]) -> Option<IceCredentials> {
    let (ufrag, pwd) = random.split_at_checked(UFRAG)?;
    IceCredentials::new(&STANDARD_NO_PAD.encode(ufrag), &STANDARD_NO_PAD.encode(pwd))
}

/// The octets that a user name fragment of ours was made of; none of another's.
pub(crate) fn octets_of_ufrag(ufrag: &str) -> Option<[u8; UFRAG]> {
    let octets = STANDARD_NO_PAD.decode(ufrag).ok()?;
    octets.try_into().ok()
}

/// The user name fragment of whoever of us has asked by this name: an answer says nothing else of
/// whose it is.
#[must_use]
pub fn asker_of(transaction: Transaction) -> String {
    let (whose, _) = transaction.0.split_at(UFRAG);
    STANDARD_NO_PAD.encode(whose)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    // rfc: 8445 §5.3
    #[test]
    fn credentials_are_as_long_as_they_must_be_whatever_the_octets() {
        for octet in 0..=u8::MAX {
            let credentials = credentials_of(&[octet; CREDENTIAL_OCTETS]).unwrap();
            assert_eq!(credentials.ufrag().len(), 8);
            assert_eq!(credentials.pwd().len(), 24);
        }
    }
}
