//! `a=fingerprint`: by which certificate the writer will prove itself (RFC 8122).

use std::fmt;

/// A digest by which certificates are compared, as RFC 8122 section 5 names them. Those that no
/// longer prove anything (`md5`, `sha-1`) are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FingerprintHash {
    /// SHA-256, which every browser writes.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl FingerprintHash {
    /// Every one that is understood, the weakest first.
    pub const ALL: [FingerprintHash; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// Its name in `a=fingerprint`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    /// Octets of a digest.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// One `a=fingerprint` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    hash: FingerprintHash,
    digest: Vec<u8>,
}

impl Fingerprint {
    /// A fingerprint of its digest; none unless that has as many octets as its hash makes.
    #[must_use]
    pub fn new(hash: FingerprintHash, digest: &[u8]) -> Option<Fingerprint> {
        (digest.len() == hash.octets()).then(|| Fingerprint {
            hash,
            digest: digest.to_vec(),
        })
    }

    /// Reads the value of an `a=fingerprint`; none of one that breaks the rules, or whose hash is
    /// none that is understood here. Small letters are understood as great ones.
    #[must_use]
    pub fn parse(value: &str) -> Option<Fingerprint> {
        let (name, digits) = value.trim().split_once(' ')?;
        let named = |hash: &FingerprintHash| hash.name().eq_ignore_ascii_case(name);
        let hash = FingerprintHash::ALL.into_iter().find(named)?;
        let octets = digits.trim().split(':').map(octet);
        // one more than there may be is enough to tell that there are too many
        let digest: Option<Vec<u8>> = octets.take(hash.octets() + 1).collect();
        Fingerprint::new(hash, &digest?)
    }

    /// How the digest was made.
    #[must_use]
    pub fn hash(&self) -> FingerprintHash {
        self.hash
    }

    /// The digest of the certificate's DER form.
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }
}

/// An octet of its two hexadecimal digits.
fn octet(digits: &str) -> Option<u8> {
    let plain = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u8::from_str_radix(digits, 16).ok())?
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.hash.name())?;
        let mut before = ' ';
        for octet in &self.digest {
            write!(f, "{before}{octet:02X}")?;
            before = ':';
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of_32(octet: &str) -> String {
        [octet; 32].join(":")
    }

    // rfc: 8122 §5
    #[test]
    fn a_fingerprint_is_read_and_written_as_it_was() {
        let text = format!("sha-256 {}", of_32("A5"));
        let fingerprint = Fingerprint::parse(&text).unwrap();
        assert_eq!(fingerprint.digest(), [0xa5; 32]);
        assert_eq!(fingerprint.to_string(), text);
        let small = text.to_lowercase().replace("sha", "SHA");
        assert_eq!(Fingerprint::parse(&small), Some(fingerprint));
    }

    #[test]
    fn every_hash_has_digests_of_its_own_length() {
        for hash in FingerprintHash::ALL {
            let digest = vec![7; hash.octets()];
            let fingerprint = Fingerprint::new(hash, &digest).unwrap();
            assert_eq!(
                Fingerprint::parse(&fingerprint.to_string()),
                Some(fingerprint)
            );
            assert_eq!(Fingerprint::new(hash, &digest[1..]), None);
        }
    }

    #[test]
    fn what_proves_nothing_is_none() {
        for value in [
            format!("sha-1 {}", ["A5"; 20].join(":")),
            format!("sha-256 {}:A5", of_32("A5")),
            format!("sha-256 {}", ["A5"; 31].join(":")),
            format!("sha-256 {}", of_32("+5")),
            format!("sha-256 {}", of_32("A")),
            format!("sha-256 {}", of_32("é")),
            "sha-256".to_owned(),
            String::new(),
        ] {
            assert_eq!(Fingerprint::parse(&value), None, "{value}");
        }
    }
}
