//! A browser as far as its transport goes: the end of ICE that asks and chooses, and a handshake
//! that is wired by hand, so that it shares nothing with ours but the engine.

use std::sync::Arc;
use std::time::{Duration, Instant as Foreign};

use dimpl::{Config, Dtls, DtlsCertificate, Output};
use machine::Instant;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use sdp::{Fingerprint, FingerprintHash, IceCredentials};
use sha2::{Digest, Sha256};
use srtp::{MasterKey, Suite};
use webrtc::stun::{
    Class, ICE_CONTROLLING, Message, PRIORITY, Transaction, USE_CANDIDATE, USERNAME, Writer,
};
use webrtc::{Kind, Role};

/// Between two requests while nothing is known.
const SOON: Duration = Duration::from_millis(50);

/// Between two requests when all is well.
const SELDOM: Duration = Duration::from_millis(2_500);

/// What it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    Dtls12,
    Dtls13,
    /// It asks for ways and that is all.
    Nothing,
}

/// How far it has come with the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Unknown,
    Answered,
    Chosen,
}

pub(crate) struct Browser {
    engine: Option<Dtls>,
    certificate: Vec<u8>,
    client: bool,
    beginning: Foreign,
    due: Option<Instant>,
    theirs: IceCredentials,
    way: Way,
    asks_at: Instant,
    asked: u64,
    seen: Option<Vec<u8>>,
    keys: Option<(MasterKey, MasterKey)>,
}

impl Browser {
    /// A browser whose peer has this role and these credentials.
    pub(crate) fn new(speaks: Speaks, peer: Role, theirs: IceCredentials) -> Browser {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        let pair = DtlsCertificate {
            certificate: certificate.der().to_vec(),
            private_key: key.serialize_der(),
        };
        let certificate = pair.certificate.clone();
        let config = Config::builder()
            .flight_start_rto(SOON * 4)
            .flight_retries(7);
        let config = Arc::new(config.build().unwrap());
        let beginning = Foreign::now();
        let client = peer == Role::Server;
        let mut engine = match speaks {
            Speaks::Dtls12 => Some(Dtls::new_12(config, pair, beginning)),
            Speaks::Dtls13 => Some(Dtls::new_13(config, pair, beginning)),
            Speaks::Nothing => None,
        };
        if let Some(engine) = &mut engine {
            engine.set_active(client);
        }
        Browser {
            engine,
            certificate,
            client,
            beginning,
            due: None,
            theirs,
            way: Way::Unknown,
            asks_at: Instant::ZERO,
            asked: 0,
            seen: None,
            keys: None,
        }
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let digest = Sha256::digest(&self.certificate);
        Fingerprint::new(FingerprintHash::Sha256, &digest).unwrap()
    }

    /// What it takes and sends by.
    pub(crate) fn keys(&self) -> Option<(&MasterKey, &MasterKey)> {
        self.keys.as_ref().map(|(takes, sends)| (takes, sends))
    }

    /// Whether its peer has shown the certificate of this fingerprint.
    pub(crate) fn has_been_proved(&self, fingerprint: &Fingerprint) -> bool {
        let digest = self.seen.as_ref().map(Sha256::digest);
        digest.is_some_and(|digest| digest[..] == *fingerprint.digest())
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let due = self.due.unwrap_or(Instant::MAX);
        Some(due.min(self.asks_at))
    }

    pub(crate) fn wake(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if self.asks_at <= now {
            self.asks_at = now
                + if self.way == Way::Chosen {
                    SELDOM
                } else {
                    SOON
                };
            out.push(self.request());
        }
        if self.due.is_some_and(|due| due <= now) {
            self.turn(now, None, &mut out);
        }
        out
    }

    pub(crate) fn take(&mut self, datagram: &[u8], now: Instant) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        match Kind::of(datagram) {
            Kind::Stun => self.answered(datagram, now, &mut out),
            Kind::Dtls => self.turn(now, Some(datagram), &mut out),
            Kind::Media | Kind::Other => panic!("what is this? {datagram:?}"),
        }
        out
    }

    pub(crate) fn hang_up(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        self.engine.as_mut().unwrap().close().unwrap();
        self.turn(now, None, &mut out);
        out
    }

    fn request(&mut self) -> Vec<u8> {
        self.asked += 1;
        let mut id = [0xb0; 12];
        id[4..].copy_from_slice(&self.asked.to_be_bytes());
        let name = format!("{}:xK3c", self.theirs.ufrag());
        let request = Writer::new(Class::Request, Transaction(id))
            .with(USERNAME, name.as_bytes())
            .with(ICE_CONTROLLING, &[0x42; 8])
            .with(PRIORITY, &[0x6e, 0, 1, 0xff]);
        let request = match self.way {
            Way::Unknown => request,
            Way::Answered | Way::Chosen => request.with(USE_CANDIDATE, &[]),
        };
        request.with_integrity(self.theirs.pwd()).finish()
    }

    /// First a way is found, then it is chosen, then the handshake begins.
    fn answered(&mut self, datagram: &[u8], now: Instant, out: &mut Vec<Vec<u8>>) {
        let message = Message::read(datagram).unwrap();
        assert!(message.has_fingerprint() && message.is_proved_by(self.theirs.pwd()));
        assert_eq!(message.class, Class::Success);
        assert_eq!(message.mapped(), Some(crate::network::BROWSER));
        match self.way {
            Way::Unknown => {
                self.way = Way::Answered;
                self.asks_at = now;
            }
            Way::Answered => {
                self.way = Way::Chosen;
                if self.client {
                    self.turn(now, None, out);
                }
            }
            Way::Chosen => {}
        }
    }

    fn turn(&mut self, now: Instant, datagram: Option<&[u8]>, out: &mut Vec<Vec<u8>>) {
        let Some(mut engine) = self.engine.take() else {
            return;
        };
        let at = self.beginning + now.saturating_since(Instant::ZERO);
        let mut alive = engine.handle_timeout(at).is_ok();
        self.drain(&mut engine, out);
        if let Some(datagram) = datagram {
            alive &= engine.handle_packet(datagram).is_ok();
            self.drain(&mut engine, out);
        }
        if alive {
            self.engine = Some(engine);
        } else {
            self.due = None;
        }
    }

    fn drain(&mut self, engine: &mut Dtls, out: &mut Vec<Vec<u8>>) {
        let mut buffer = [0; 2_048];
        loop {
            match engine.poll_output(&mut buffer) {
                Output::Packet(datagram) => out.push(datagram.to_vec()),
                Output::PeerCert(certificate) => self.seen = Some(certificate.to_vec()),
                Output::KeyingMaterial(material, profile) => {
                    assert_eq!(profile.to_string(), "SRTP_AEAD_AES_256_GCM");
                    self.keys = Some(self.split(&material));
                }
                Output::Timeout(at) => {
                    let since = at.saturating_duration_since(self.beginning);
                    self.due = Some(Instant::ZERO + since);
                    return;
                }
                Output::BufferTooSmall { needed } => panic!("{needed} octets"),
                Output::Connected | Output::ApplicationData(_) | Output::CloseNotify => {}
                other => panic!("what is this? {other:?}"),
            }
        }
    }

    /// Counted by hand: two keys of 32 octets, two salts of 12 (RFC 7714 section 12).
    fn split(&self, material: &[u8]) -> (MasterKey, MasterKey) {
        let of = |key: &[u8], salt: &[u8]| {
            MasterKey::new(Suite::AesGcm256, &[key, salt].concat()).unwrap()
        };
        let client = of(&material[..32], &material[64..76]);
        let server = of(&material[32..64], &material[76..88]);
        if self.client {
            (server, client)
        } else {
            (client, server)
        }
    }
}
