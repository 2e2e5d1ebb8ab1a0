//! The seam behind which the handshake of DTLS lies.

use std::fmt;

use machine::Instant;
use sdp::Fingerprint;

use crate::keys::KeyingMaterial;
use crate::role::Role;

/// What a handshake does or tells.
#[derive(Debug)]
pub enum Step {
    /// A datagram for the peer.
    Send(Vec<u8>),
    /// The peer's certificate, in DER. It has proved, or proves before any [`Step::Keys`], that it
    /// has the key that belongs to it; whose it is, nobody has looked at.
    Certificate(Vec<u8>),
    /// It is over, and this was agreed on.
    Keys(KeyingMaterial),
    /// It is over, but no protection for packets of sound was agreed on.
    NoProfile,
    /// The peer has taken its leave.
    Closed,
    /// It can go no further.
    Broken,
}

/// A handshake of DTLS with the extension `use_srtp` (RFC 5764), as a machine. It is bounded in
/// time by itself or by its host; what it does after [`Step::Closed`] or [`Step::Broken`] is not
/// looked at.
pub trait Handshake {
    /// Begins in this role; called once, before everything else.
    fn begin(&mut self, role: Role, now: Instant, out: &mut Vec<Step>);

    /// Takes a datagram of the peer.
    fn take(&mut self, datagram: &[u8], now: Instant, out: &mut Vec<Step>);

    /// When it wants to be woken; cheap, it is asked after every call.
    fn deadline(&self) -> Option<Instant>;

    /// Does what is due, such as to send again what was not answered. Afterwards its deadline is
    /// after `now`.
    fn expire(&mut self, now: Instant, out: &mut Vec<Step>);
}

impl<H: Handshake + ?Sized> Handshake for Box<H> {
    fn begin(&mut self, role: Role, now: Instant, out: &mut Vec<Step>) {
        (**self).begin(role, now, out);
    }

    fn take(&mut self, datagram: &[u8], now: Instant, out: &mut Vec<Step>) {
        (**self).take(datagram, now, out);
    }

    fn deadline(&self) -> Option<Instant> {
        (**self).deadline()
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Step>) {
        (**self).expire(now, out);
    }
}

/// By what a node proves itself to its peers, and who shakes hands for it.
pub trait Identity: fmt::Debug + Send + Sync {
    /// Of the certificate, as descriptions name it.
    fn fingerprint(&self) -> Fingerprint;

    /// A handshake that has not begun.
    fn handshake(&self) -> Box<dyn Handshake + Send>;
}
