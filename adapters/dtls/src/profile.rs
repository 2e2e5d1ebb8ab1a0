//! Which protection of sound was agreed on.

use dimpl::SrtpProfile;
use srtp::Suite;

/// The suite of a profile (RFC 5764 section 4.1.2, RFC 7714 section 14.2); none of one that is not
/// known here.
pub(crate) fn suite_of(profile: SrtpProfile) -> Option<Suite> {
    match profile {
        SrtpProfile::AEAD_AES_256_GCM => Some(Suite::AesGcm256),
        SrtpProfile::AEAD_AES_128_GCM => Some(Suite::AesGcm128),
        SrtpProfile::AES128_CM_SHA1_80 => Some(Suite::AesCm128Sha1Tag80),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    // rfc: 5764 §4.1.2
    // rfc: 7714 §14.2
    #[test]
    fn every_profile_is_a_suite_that_wants_as_much_material() {
        for profile in SrtpProfile::ALL {
            let suite = suite_of(*profile).unwrap();
            assert_eq!(profile.keying_material_len(), 2 * suite.master_bytes());
        }
    }
}
