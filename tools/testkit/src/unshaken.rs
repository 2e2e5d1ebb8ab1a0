//! By what an exchange of a test proves itself to browsers. Handshakes draw randomness of their
//! own, so worlds that come from a seed have none: nobody in them shakes hands.

use machine::Instant;
use sdp::{Fingerprint, FingerprintHash};
use sha2::{Digest, Sha256};
use webrtc::{Handshake, Identity, Role, Step};

/// Proves itself by words, and never agrees on anything.
#[derive(Clone, Copy, Debug)]
pub struct Unshaken;

impl Identity for Unshaken {
    fn fingerprint(&self) -> Fingerprint {
        let digest = Sha256::digest(b"the certificate of the exchange");
        let Some(fingerprint) = Fingerprint::new(FingerprintHash::Sha256, &digest) else {
            panic!("a digest of another length");
        };
        fingerprint
    }

    fn handshake(&self) -> Box<dyn Handshake + Send> {
        Box::new(Unshaken)
    }
}

impl Handshake for Unshaken {
    fn begin(&mut self, _: Role, _: Instant, _: &mut Vec<Step>) {}

    fn take(&mut self, _: &[u8], _: Instant, _: &mut Vec<Step>) {}

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn expire(&mut self, _: Instant, _: &mut Vec<Step>) {}
}
