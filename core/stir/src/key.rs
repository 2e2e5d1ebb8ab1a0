//! Keys of P-256, the curve of ES256: one that signs and the one that checks it.

use std::fmt;

use p256::SecretKey;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::DecodePrivateKey;

/// A text that is no private key of P-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a private key of P-256 in PEM, in the form of PKCS #8 or of SEC 1")
    }
}

impl std::error::Error for BadKey {}

/// A key that signs. `Debug` hides it.
#[derive(Clone)]
pub struct PrivateKey(SigningKey);

impl PrivateKey {
    /// Octets of the key itself.
    pub const LENGTH: usize = 32;

    /// Reads a key in PEM: `PRIVATE KEY` (PKCS #8) or `EC PRIVATE KEY` (SEC 1).
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn from_pem(pem: &str) -> Result<PrivateKey, BadKey> {
        let key = match pem.contains("BEGIN EC PRIVATE KEY") {
            true => SecretKey::from_sec1_pem(pem).map_err(|_| BadKey)?,
            false => SecretKey::from_pkcs8_pem(pem).map_err(|_| BadKey)?,
        };
        Ok(PrivateKey(key.into()))
    }

    /// Reads what [`PrivateKey::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn from_bytes(bytes: &[u8; PrivateKey::LENGTH]) -> Result<PrivateKey, BadKey> {
        let key = SigningKey::from_slice(bytes).map_err(|_| BadKey)?;
        Ok(PrivateKey(key))
    }

    /// The key itself.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PrivateKey::LENGTH] {
        self.0.to_bytes().into()
    }

    /// The key that checks what this one signs.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.0.verifying_key())
    }

    /// Signs: the two numbers of the signature, 32 octets each (RFC 7518 §3.4). The same text
    /// always gets the same signature (RFC 6979), so that no bad randomness can give the key away.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(text);
        signature.to_bytes().into()
    }
}

impl PartialEq for PrivateKey {
    fn eq(&self, other: &PrivateKey) -> bool {
        self.0 == other.0
    }
}

impl Eq for PrivateKey {}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// A key that checks signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key whose point is written in this way (SEC 1 §2.3.3).
    #[must_use]
    pub fn from_point(point: &[u8]) -> Option<PublicKey> {
        VerifyingKey::from_sec1_bytes(point).ok().map(PublicKey)
    }

    /// It as digits of hex.
    #[must_use]
    pub fn to_hex(self) -> String {
        let point = self.0.to_sec1_bytes();
        point.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether this is the signature of a text.
    #[must_use]
    pub fn checks(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify(text, &signature).is_ok())
    }
}
