//! Whether a peer's certificate is one of those that its description named.

use sdp::{Fingerprint, FingerprintHash};
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

/// Whether this certificate, in DER, has one of these fingerprints. Where several hashes were
/// used, only those of the strongest count (RFC 8122 section 5). None fit where there are none.
pub(crate) fn is_among(certificate: &[u8], fingerprints: &[Fingerprint]) -> bool {
    let Some(strongest) = fingerprints.iter().map(Fingerprint::hash).max() else {
        return false;
    };
    let digest = match strongest {
        FingerprintHash::Sha256 => Sha256::digest(certificate).to_vec(),
        FingerprintHash::Sha384 => Sha384::digest(certificate).to_vec(),
        FingerprintHash::Sha512 => Sha512::digest(certificate).to_vec(),
    };
    let strong = fingerprints.iter().filter(|f| f.hash() == strongest);
    // every one is compared, so that the time tells nothing of which it was
    strong.fold(false, |fits, one| {
        fits | bool::from(one.digest().ct_eq(&digest))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CERTIFICATE: &[u8] = b"as good as a certificate";

    fn right(hash: FingerprintHash) -> Fingerprint {
        let digest = match hash {
            FingerprintHash::Sha256 => Sha256::digest(CERTIFICATE).to_vec(),
            FingerprintHash::Sha384 => Sha384::digest(CERTIFICATE).to_vec(),
            FingerprintHash::Sha512 => Sha512::digest(CERTIFICATE).to_vec(),
        };
        Fingerprint::new(hash, &digest).unwrap()
    }

    fn wrong(hash: FingerprintHash) -> Fingerprint {
        Fingerprint::new(hash, &vec![0; hash.octets()]).unwrap()
    }

    // rfc: 8122 §5
    #[test]
    fn any_fingerprint_of_the_strongest_hash_will_do() {
        for hash in FingerprintHash::ALL {
            assert!(is_among(CERTIFICATE, &[right(hash)]));
            assert!(is_among(CERTIFICATE, &[wrong(hash), right(hash)]));
            assert!(is_among(CERTIFICATE, &[right(hash), wrong(hash)]));
            assert!(!is_among(CERTIFICATE, &[wrong(hash)]));
            assert!(!is_among(b"another", &[right(hash)]));
        }
    }

    #[test]
    fn a_weaker_fingerprint_does_not_make_up_for_a_stronger_one() {
        let (weak, strong) = (FingerprintHash::Sha256, FingerprintHash::Sha512);
        assert!(!is_among(CERTIFICATE, &[right(weak), wrong(strong)]));
        assert!(is_among(CERTIFICATE, &[wrong(weak), right(strong)]));
    }

    #[test]
    fn without_a_fingerprint_nobody_fits() {
        assert!(!is_among(CERTIFICATE, &[]));
    }
}
