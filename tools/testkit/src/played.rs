//! A handshake that is played, for worlds that come from a seed: what stands in for DTLS tells all
//! that it does in clear.

use machine::Instant;
use sdp::{Fingerprint, FingerprintHash};
use sha2::{Digest, Sha256};
use srtp::Suite;
use webrtc::{Handshake, Identity, KeyingMaterial, Role, Step};

/// What every datagram of a played handshake begins with, as those of DTLS do.
const HANDSHAKE: u8 = 22;

/// The suite that everybody agrees on.
const SUITE: Suite = Suite::AesGcm128;

/// The certificate of the exchange.
pub const CERTIFICATE: &[u8] = b"the certificate of the exchange";

/// Proves itself by words, and agrees on keys that everybody can compute.
#[derive(Clone, Copy, Debug)]
pub struct Played;

impl Identity for Played {
    fn fingerprint(&self) -> Fingerprint {
        fingerprint_of(CERTIFICATE)
    }

    fn handshake(&self) -> Box<dyn Handshake + Send> {
        Box::new(PlayedHandshake {
            own: CERTIFICATE.to_vec(),
            keyed: false,
        })
    }
}

/// The fingerprint of a certificate.
///
/// # Panics
/// Never: a digest is as long as it must be.
#[must_use]
pub fn fingerprint_of(certificate: &[u8]) -> Fingerprint {
    let digest = Sha256::digest(certificate);
    let Some(fingerprint) = Fingerprint::new(FingerprintHash::Sha256, &digest) else {
        panic!("a digest of another length");
    };
    fingerprint
}

/// One end: the client shows its certificate, the server answers with its own, and both have keys.
#[derive(Debug)]
pub struct PlayedHandshake {
    own: Vec<u8>,
    keyed: bool,
}

impl PlayedHandshake {
    /// The end of somebody with this certificate.
    #[must_use]
    pub fn new(certificate: &[u8]) -> PlayedHandshake {
        PlayedHandshake {
            own: certificate.to_vec(),
            keyed: false,
        }
    }

    fn shown(&self) -> Step {
        Step::Send([&[HANDSHAKE], &*self.own].concat())
    }
}

impl Handshake for PlayedHandshake {
    fn begin(&mut self, role: Role, _: Instant, out: &mut Vec<Step>) {
        if role == Role::Client {
            out.push(self.shown());
            self.keyed = false;
        }
    }

    fn take(&mut self, datagram: &[u8], _: Instant, out: &mut Vec<Step>) {
        let Some((&HANDSHAKE, certificate)) = datagram.split_first() else {
            return;
        };
        if self.keyed {
            return;
        }
        self.keyed = true;
        out.push(Step::Certificate(certificate.to_vec()));
        let octets: Vec<u8> = (0..).take(2 * SUITE.master_bytes()).collect();
        let material = KeyingMaterial::new(SUITE, &octets);
        out.push(self.shown());
        out.extend(material.map(Step::Keys));
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn expire(&mut self, _: Instant, _: &mut Vec<Step>) {}
}
