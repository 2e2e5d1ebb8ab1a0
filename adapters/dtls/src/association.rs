//! The handshake of one leg.

use std::fmt;

use dimpl::{Dtls, Error, Output};
use machine::Instant;
use sdp::Fingerprint;
use webrtc::{Handshake, Identity, KeyingMaterial, Role, Step};

use crate::Node;
use crate::profile::suite_of;

/// Octets of the longest datagram that is taken; longer ones are passed over.
pub const MAX_DATAGRAM: usize = 2_048;

/// Octets of the longest record or certificate that is handed out: as long as a record of DTLS can
/// be, with its header and tag.
const MAX_OUTPUT: usize = 16_384 + 256;

/// The handshake of one leg, and afterwards the association that it leaves behind: that one answers
/// what the peer repeats, and hears its farewell. Data is not spoken over it.
pub struct Association {
    node: Node,
    /// None before the beginning, and when it can go no further.
    engine: Option<Dtls>,
    due: Option<Instant>,
    connected: bool,
    keyed: bool,
}

impl Association {
    /// A handshake of this node that has not begun.
    #[must_use]
    pub fn new(node: &Node) -> Association {
        Association {
            node: node.clone(),
            engine: None,
            due: None,
            connected: false,
            keyed: false,
        }
    }

    /// Lets the engine do something, and hands out what comes of it.
    fn turn(
        &mut self,
        now: Instant,
        out: &mut Vec<Step>,
        act: impl FnOnce(&mut Dtls) -> Result<(), Error>,
    ) {
        let Some(mut engine) = self.engine.take() else {
            return;
        };
        if self.run(&mut engine, now, out, act).is_some() {
            self.engine = Some(engine);
        } else {
            self.due = None;
            out.push(Step::Broken);
        }
    }

    /// None where the engine can go no further.
    fn run(
        &mut self,
        engine: &mut Dtls,
        now: Instant,
        out: &mut Vec<Step>,
        act: impl FnOnce(&mut Dtls) -> Result<(), Error>,
    ) -> Option<()> {
        engine.handle_timeout(self.node.clock().foreign(now)).ok()?;
        // its time has moved on, and so it may have something to send first
        self.drain(engine, now, out)?;
        act(engine).ok()?;
        self.drain(engine, now, out)
    }

    /// Hands out all that the engine has to say, until it names its next deadline.
    fn drain(&mut self, engine: &mut Dtls, now: Instant, out: &mut Vec<Step>) -> Option<()> {
        let mut buffer = vec![0; MAX_DATAGRAM];
        loop {
            match engine.poll_output(&mut buffer) {
                Output::Packet(datagram) => out.push(Step::Send(datagram.to_vec())),
                Output::PeerCert(certificate) => out.push(Step::Certificate(certificate.to_vec())),
                Output::Connected => self.connected = true,
                Output::KeyingMaterial(octets, profile) => {
                    let suite = suite_of(profile);
                    let material = suite.and_then(|suite| KeyingMaterial::new(suite, &octets));
                    self.keyed |= material.is_some();
                    out.extend(material.map(Step::Keys));
                }
                Output::CloseNotify if self.connected => out.push(Step::Closed),
                Output::BufferTooSmall { needed } => grow(&mut buffer, needed)?,
                Output::Timeout(at) => {
                    self.due = self.node.clock().due(at, now);
                    break;
                }
                // data is not spoken, and a farewell before the end is anybody's
                Output::ApplicationData(_) | Output::CloseNotify => {}
                // what later versions of the engine may tell besides
                _ => {}
            }
        }
        if self.connected && !self.keyed {
            out.push(Step::NoProfile);
        }
        Some(())
    }
}

/// Makes room for what is long, within reason.
fn grow(buffer: &mut Vec<u8>, needed: usize) -> Option<()> {
    let within = needed > buffer.len() && needed <= MAX_OUTPUT;
    within.then(|| buffer.resize(needed, 0))
}

impl Handshake for Association {
    fn begin(&mut self, role: Role, now: Instant, out: &mut Vec<Step>) {
        let at = self.node.clock().foreign(now);
        let mut engine = Dtls::new_auto(self.node.config(), self.node.certificate(), at);
        engine.set_active(role == Role::Client);
        self.engine = Some(engine);
        self.turn(now, out, |_| Ok(()));
    }

    fn take(&mut self, datagram: &[u8], now: Instant, out: &mut Vec<Step>) {
        if datagram.len() <= MAX_DATAGRAM {
            self.turn(now, out, |engine| engine.handle_packet(datagram));
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.due
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Step>) {
        if self.due.is_some_and(|due| due <= now) {
            self.turn(now, out, |_| Ok(()));
        }
    }
}

impl Identity for Node {
    fn fingerprint(&self) -> Fingerprint {
        Node::fingerprint(self).clone()
    }

    fn handshake(&self) -> Box<dyn Handshake + Send> {
        Box::new(Association::new(self))
    }
}

impl fmt::Debug for Association {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Association")
            .field("connected", &self.connected)
            .field("due", &self.due)
            .finish_non_exhaustive()
    }
}
