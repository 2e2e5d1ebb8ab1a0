//! XChaCha20-Poly1305 with random nonces, bound to a place.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ports::Entropy;
use zeroize::Zeroizing;

/// Length of a nonce, in bytes.
const NONCE_LENGTH: usize = 24;

/// What was sealed does not open: another key, another place, or damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealError;

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealed secret does not open under the present key")
    }
}

impl std::error::Error for SealError {}

/// Seals a secret for its place.
pub(super) fn seal(
    key: &[u8; 32],
    place: &[u8],
    secret: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE_LENGTH];
    entropy.fill(&mut nonce);
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload {
        msg: secret,
        aad: place,
    };
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| SealError)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what was sealed for this place.
pub(super) fn open(
    key: &[u8; 32],
    place: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, text) = sealed
        .split_first_chunk::<NONCE_LENGTH>()
        .ok_or(SealError)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload {
        msg: text,
        aad: place,
    };
    let secret = cipher
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| SealError)?;
    Ok(Zeroizing::new(secret))
}
