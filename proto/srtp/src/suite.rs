//! Which ciphers, by the names under which they are agreed on.

use serde::{Deserialize, Serialize};

/// A crypto suite of RFC 4568 section 6.2, RFC 6188 and RFC 7714.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Suite {
    /// AES in counter mode with 128 bits, tags of 80 bits.
    AesCm128Sha1Tag80,
    /// AES in counter mode with 128 bits; tags of 32 bits on RTP, of 80 bits on RTCP.
    AesCm128Sha1Tag32,
    /// AES in counter mode with 256 bits, tags of 80 bits.
    AesCm256Sha1Tag80,
    /// AES in counter mode with 256 bits; tags of 32 bits on RTP, of 80 bits on RTCP.
    AesCm256Sha1Tag32,
    /// AES in Galois/counter mode with 128 bits, tags of 128 bits.
    AesGcm128,
    /// AES in Galois/counter mode with 256 bits, tags of 128 bits.
    AesGcm256,
}

impl Suite {
    /// Every suite, in the order in which they are offered: the fastest and strongest first, short
    /// tags last.
    pub const ALL: [Suite; 6] = [
        Suite::AesGcm256,
        Suite::AesGcm128,
        Suite::AesCm256Sha1Tag80,
        Suite::AesCm128Sha1Tag80,
        Suite::AesCm256Sha1Tag32,
        Suite::AesCm128Sha1Tag32,
    ];

    /// Its name in `a=crypto`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Suite::AesCm128Sha1Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::AesCm128Sha1Tag32 => "AES_CM_128_HMAC_SHA1_32",
            Suite::AesCm256Sha1Tag80 => "AES_256_CM_HMAC_SHA1_80",
            Suite::AesCm256Sha1Tag32 => "AES_256_CM_HMAC_SHA1_32",
            Suite::AesGcm128 => "AEAD_AES_128_GCM",
            Suite::AesGcm256 => "AEAD_AES_256_GCM",
        }
    }

    /// The suite of this name; case does not count. `AES_CM_256_…`, which some phones write, is
    /// understood as `AES_256_CM_…`.
    #[must_use]
    pub fn named(name: &str) -> Option<Suite> {
        let same = |suite: &Suite| suite.name().eq_ignore_ascii_case(name);
        if let Some(suite) = Suite::ALL.into_iter().find(same) {
            return Some(suite);
        }
        if name.eq_ignore_ascii_case("AES_CM_256_HMAC_SHA1_80") {
            return Some(Suite::AesCm256Sha1Tag80);
        }
        let short = name.eq_ignore_ascii_case("AES_CM_256_HMAC_SHA1_32");
        short.then_some(Suite::AesCm256Sha1Tag32)
    }

    /// Octets of the master key.
    #[must_use]
    pub const fn key_bytes(self) -> usize {
        match self {
            Suite::AesCm128Sha1Tag80 | Suite::AesCm128Sha1Tag32 | Suite::AesGcm128 => 16,
            Suite::AesCm256Sha1Tag80 | Suite::AesCm256Sha1Tag32 | Suite::AesGcm256 => 32,
        }
    }

    /// Octets of the master salt, which follows the key.
    #[must_use]
    pub const fn salt_bytes(self) -> usize {
        match self {
            Suite::AesCm128Sha1Tag80
            | Suite::AesCm128Sha1Tag32
            | Suite::AesCm256Sha1Tag80
            | Suite::AesCm256Sha1Tag32 => 14,
            Suite::AesGcm128 | Suite::AesGcm256 => 12,
        }
    }

    /// Octets of key and salt together, as they stand behind `inline:`.
    #[must_use]
    pub const fn master_bytes(self) -> usize {
        self.key_bytes() + self.salt_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_suite_is_found_by_its_name_whatever_its_case() {
        for suite in Suite::ALL {
            assert_eq!(Suite::named(suite.name()), Some(suite));
            assert_eq!(Suite::named(&suite.name().to_lowercase()), Some(suite));
        }
        assert_eq!(
            Suite::named("AES_CM_256_HMAC_SHA1_80"),
            Some(Suite::AesCm256Sha1Tag80)
        );
        assert_eq!(Suite::named("F8_128_HMAC_SHA1_80"), None);
    }
}
