//! How the packets of a leg are protected (SRTP, RFC 3711): the first thing that is undone of what
//! comes from its peer, and the last that is done to what goes there.

use srtp::{Problem, Receiver, Sender};

use super::DropReason;
use crate::command::Keys;

/// Which of the two protections: their counts and their layouts differ.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Of RTP.
    Rtp,
    /// Of RTCP.
    Rtcp,
}

/// The protection of one leg; at first there is none.
#[derive(Debug, Default)]
pub(super) struct Secure {
    contexts: Option<Box<Contexts>>,
}

impl Secure {
    /// Protects by these keys from now on, or no longer. `heard`: the peer's stream is older than
    /// they are, and may have kept its count.
    pub(super) fn set(&mut self, keys: Option<Box<Keys>>, heard: bool) {
        match (keys, self.contexts.as_deref_mut()) {
            (Some(keys), Some(contexts)) => contexts.change(*keys, heard),
            (Some(keys), None) => self.contexts = Some(Box::new(Contexts::new(*keys, heard))),
            (None, Some(contexts)) => contexts.rest = true,
            (None, None) => {}
        }
    }

    /// Whether the peer's packets have to prove themselves.
    pub(super) fn is_on(&self) -> bool {
        self.on().is_some()
    }

    /// Whether the peers of both prove themselves with one key.
    pub(super) fn shares_key_with(&self, other: &Secure) -> bool {
        match (self.on(), other.on()) {
            (Some(one), Some(other)) => one.keys.takes == other.keys.takes,
            (Some(_) | None, _) => false,
        }
    }

    /// Turns a packet of the peer into a plain one in place; how many octets that has. Without keys
    /// it is taken as it is.
    pub(super) fn unprotect(&mut self, kind: Kind, packet: &mut [u8]) -> Result<usize, DropReason> {
        match self.on_mut() {
            Some(contexts) => contexts.unprotect(kind, packet),
            None => Ok(packet.len()),
        }
    }

    /// Protects what is sent to the peer, `buffer[..length]`, in place; how many octets that has
    /// then, at most [`ROOM`](super::ROOM) more. `None` when it may not be sent: its number was
    /// used already, as by a packet that the network has doubled, or the key is used up.
    pub(super) fn protect(
        &mut self,
        kind: Kind,
        buffer: &mut [u8],
        length: usize,
    ) -> Option<usize> {
        match self.on_mut() {
            Some(contexts) => contexts.protect(kind, buffer, length),
            None => Some(length),
        }
    }

    fn on(&self) -> Option<&Contexts> {
        self.contexts.as_deref().filter(|contexts| !contexts.rest)
    }

    fn on_mut(&mut self) -> Option<&mut Contexts> {
        let contexts = self.contexts.as_deref_mut();
        contexts.filter(|contexts| !contexts.rest)
    }
}

/// The keys of both directions, and how far they have been used.
#[derive(Debug)]
struct Contexts {
    keys: Keys,
    receiver: Receiver,
    sender: Sender,
    /// Plain packets again for now. The counts are kept all the same: if the same keys came back
    /// and were counted from zero, one key stream would cover two packets (RFC 3711 §9.1).
    rest: bool,
}

impl Contexts {
    /// Keys that nothing was protected with yet.
    fn new(keys: Keys, heard: bool) -> Contexts {
        Contexts {
            receiver: receiver(&keys, heard),
            sender: Sender::new(&keys.sends),
            keys,
            rest: false,
        }
    }

    /// Goes on by these keys. A direction whose key is as before keeps its count.
    fn change(&mut self, keys: Keys, heard: bool) {
        if self.keys.takes != keys.takes {
            self.receiver = receiver(&keys, heard);
        }
        if self.keys.sends != keys.sends {
            self.sender = Sender::new(&keys.sends);
        }
        self.keys = keys;
        self.rest = false;
    }

    fn unprotect(&mut self, kind: Kind, packet: &mut [u8]) -> Result<usize, DropReason> {
        let done = match kind {
            Kind::Rtp => self.receiver.unprotect_rtp(packet),
            Kind::Rtcp => self.receiver.unprotect_rtcp(packet),
        };
        done.map_err(|problem| match problem {
            Problem::Malformed => DropReason::Malformed,
            Problem::Replayed => DropReason::Replayed,
            // A key that is used up proves nothing any more.
            Problem::Forged | Problem::NoRoom | Problem::Spent | Problem::Crowded => {
                DropReason::Forged
            }
        })
    }

    fn protect(&mut self, kind: Kind, buffer: &mut [u8], length: usize) -> Option<usize> {
        let done = match kind {
            Kind::Rtp => self.sender.protect_rtp(buffer, length),
            Kind::Rtcp => self.sender.protect_rtcp(buffer, length),
        };
        done.ok()
    }
}

fn receiver(keys: &Keys, heard: bool) -> Receiver {
    if keys.resumed || heard {
        Receiver::resumed(&keys.takes)
    } else {
        Receiver::new(&keys.takes)
    }
}
