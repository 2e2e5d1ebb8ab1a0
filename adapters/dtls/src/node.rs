//! By what one node proves itself to browsers.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dimpl::{Config, DtlsCertificate};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use sdp::{Fingerprint, FingerprintHash};
use sha2::{Digest, Sha256};
use webrtc::HANDSHAKE;

use crate::clock::Clock;

/// Octets of the longest datagram that is sent: what passes through tunnels too.
const MTU: usize = 1_200;

/// How long the first answer of a flight is waited for; each time twice as long. Browsers are
/// near, and somebody waits to be heard: the second that RFC 9147 section 5.8.2 has for strangers
/// is long.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Repetitions of a flight, as many as there is time for.
const REPETITIONS: usize = 7;

/// Records that wait for one that came later than they, and datagrams that wait to be sent.
const QUEUE: usize = 30;

/// A node's certificate and how it shakes hands. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    config: Arc<Config>,
    certificate: DtlsCertificate,
    fingerprint: Fingerprint,
    clock: Clock,
}

/// There was no randomness, or no memory, for a certificate.
#[derive(Debug)]
pub struct NoIdentity(String);

impl fmt::Display for NoIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no certificate for browsers could be made: {}", self.0)
    }
}

impl std::error::Error for NoIdentity {}

impl Node {
    /// A node with a certificate of its own, ECDSA on P-256, signed by itself: whose it is, the
    /// description says by its fingerprint (RFC 5763 section 3). It is never stored.
    ///
    /// # Errors
    /// [`NoIdentity`] when the operating system gives no randomness.
    pub fn fresh() -> Result<Node, NoIdentity> {
        let refused = |problem: &dyn fmt::Display| NoIdentity(problem.to_string());
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| refused(&e))?;
        let mut params = CertificateParams::default();
        // nothing that tells one node from another
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "WebRTC");
        let certificate = params.self_signed(&key).map_err(|e| refused(&e))?;
        let certificate = certificate.der().to_vec();
        let digest = Sha256::digest(&certificate);
        let fingerprint = Fingerprint::new(FingerprintHash::Sha256, &digest);
        let config = Config::builder()
            .mtu(MTU)
            .max_queue_rx(QUEUE)
            .max_queue_tx(QUEUE)
            // checks of connectivity have proved the address already
            .use_server_cookie(false)
            .flight_start_rto(FIRST_WAIT)
            .flight_retries(REPETITIONS)
            // whoever owns the leg gives up first, and says why
            .handshake_timeout(2 * HANDSHAKE)
            .build()
            .map_err(|e| refused(&e))?;
        Ok(Node {
            config: Arc::new(config),
            certificate: DtlsCertificate {
                certificate,
                private_key: key.serialize_der(),
            },
            fingerprint: fingerprint.ok_or_else(|| refused(&"a digest of another length"))?,
            clock: Clock::beginning_at(Instant::now()),
        })
    }

    /// What descriptions say of its certificate.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    pub(crate) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config)
    }

    pub(crate) fn certificate(&self) -> DtlsCertificate {
        self.certificate.clone()
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }
}

/// Keys are never printed by accident.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({}, hidden)", self.fingerprint)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    // rfc: 8827 §6.5
    #[test]
    fn every_process_has_another_certificate() {
        let (one, other) = (Node::fresh().unwrap(), Node::fresh().unwrap());
        assert_ne!(one.fingerprint(), other.fingerprint());
        let text = format!("{one:?}");
        assert_eq!(text, format!("Node({}, hidden)", one.fingerprint()));
    }
}
