//! Public keys, and whether a signature is theirs: ES256, EdDSA and RS256, the three that
//! authenticators and sign-in servers have in common.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

/// Shortest RSA modulus, in bytes (2,048 bits).
const MODULUS_MIN: usize = 256;

/// Longest RSA modulus, in bytes (4,096 bits); longer ones cost us time and gain nobody anything.
const MODULUS_MAX: usize = 512;

/// Longest RSA exponent, in bytes. All in use are 65537, which has three.
const EXPONENT_MAX: usize = 4;

/// How an ECDSA signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a sequence of ASN.1: WebAuthn §6.5.5.
    Asn1,
    /// As the two numbers in 32 bytes each: RFC 7518 §3.4.
    Fixed,
}

/// A public key together with the one algorithm that it is used with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// ECDSA on P-256 with SHA-256: both coordinates.
    Es256 {
        /// The first coordinate.
        x: [u8; 32],
        /// The second coordinate.
        y: [u8; 32],
    },
    /// Ed25519 (RFC 8032).
    EdDsa([u8; 32]),
    /// RSA with PKCS #1 v1.5 and SHA-256: modulus and exponent without leading zeros.
    Rs256 {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
}

impl PublicKey {
    /// A key of RSA; `None` when it is too short to be safe or too long to be meant well.
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Option<PublicKey> {
        let (n, e) = (without_zeros(n), without_zeros(e));
        let sized = (MODULUS_MIN..=MODULUS_MAX).contains(&n.len());
        let odd = e.last().is_some_and(|last| last % 2 == 1) && e != [1];
        (sized && odd && e.len() <= EXPONENT_MAX).then_some(PublicKey::Rs256 { n, e })
    }

    /// Whether this key signed a message.
    pub(crate) fn signed(&self, form: Form, message: &[u8], signature: &[u8]) -> bool {
        match self {
            PublicKey::Es256 { x, y } => {
                let algorithm: &dyn VerificationAlgorithm = match form {
                    Form::Asn1 => &ECDSA_P256_SHA256_ASN1,
                    Form::Fixed => &ECDSA_P256_SHA256_FIXED,
                };
                let key = UnparsedPublicKey::new(algorithm, point(x, y));
                key.verify(message, signature).is_ok()
            }
            PublicKey::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key)
                .verify(message, signature)
                .is_ok(),
            PublicKey::Rs256 { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}

/// An uncompressed point (SEC 1 §2.3.3).
fn point(x: &[u8; 32], y: &[u8; 32]) -> [u8; 65] {
    let mut point = [4; 65];
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    point
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    number.iter().copied().skip_while(|b| *b == 0).collect()
}
