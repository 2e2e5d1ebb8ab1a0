//! How a token is signed.

use crate::signature::PublicKey;

/// The algorithms that a token may be signed with: those of public keys alone (RFC 8725 §3.1).
/// `none` is not among them, nor is any by a shared secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    /// Reads a name (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).
    pub(super) fn read(name: &str) -> Option<Algorithm> {
        match name {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            "EdDSA" | "Ed25519" => Some(Algorithm::EdDsa),
            _ => None,
        }
    }

    /// Whether a key is one for this algorithm.
    pub(super) fn fits(self, key: &PublicKey) -> bool {
        match key {
            PublicKey::Rs256 { .. } => self == Algorithm::Rs256,
            PublicKey::Es256 { .. } => self == Algorithm::Es256,
            PublicKey::EdDsa(_) => self == Algorithm::EdDsa,
        }
    }
}
