//! Parties that are measured beside those of the exchange: through the bare relay, through another
//! product's, or with nothing between them at all.

use crate::bare::Bare;
use crate::description::{Peer, Ports};
use crate::rtpengine::{Rtpengine, Running};
use crate::sys::Core;
use crate::target::Target;
use crate::voices::{VoiceId, Voices};
use crate::wire::{FOREIGN, Wire};
use machine::Instant;
use std::io;
use std::net::SocketAddrV4;

/// Where the bare relay is: an address that neither the exchange nor the driver uses.
const RELAY: [u8; 4] = [127, 0, 0, 53];
/// Tokens of these parties; those of the exchange's lie below.
const TOKENS: u64 = 1 << 32;

/// Pairs of parties, each two neighbours.
pub(crate) struct Near {
    pub(crate) voices: Voices,
    pub(crate) bare: Bare,
    pub(crate) rtpengine: Option<Rtpengine>,
    ids: Vec<VoiceId>,
    own: Vec<SocketAddrV4>,
}

impl Near {
    /// So many pairs, the bare relay for them on this core, and the other one if it runs.
    ///
    /// # Errors
    /// Sockets or a thread could not be had, or the other relay refuses.
    pub(crate) fn start(
        target: &Target,
        pairs: u32,
        (core, other): (Option<Core>, Option<Running>),
        (ports, wire): (&mut Ports, &Wire),
    ) -> io::Result<Near> {
        let ip = *target.local.ip();
        let mut voices = Voices::from_token(ip, FOREIGN + TOKENS);
        voices.pause();
        let ids: Vec<VoiceId> = (0..pairs * 2)
            .filter_map(|_| voices.open(ports, wire))
            .collect();
        if !ids.len().is_multiple_of(2) || ids.is_empty() {
            return Err(io::Error::other("no ports are left for parties"));
        }
        let own: Vec<_> = ids
            .iter()
            .map(|id| SocketAddrV4::new(ip, voices.port(*id)))
            .collect();
        let bare = Bare::start(RELAY.into(), &own, core)?;
        let rtpengine = other.map(|other| Rtpengine::start(other, &own));
        Ok(Near {
            voices,
            bare,
            rtpengine: rtpengine.transpose()?,
            ids,
            own,
        })
    }

    /// From now on they talk through the bare relay.
    pub(crate) fn through_the_relay(&mut self, now: Instant) {
        talk(&mut self.voices, &self.ids, self.bare.addresses(), now);
    }

    /// From now on they talk through rtpengine.
    pub(crate) fn through_rtpengine(&mut self, now: Instant) {
        let relays = self.rtpengine.as_ref().map(Rtpengine::addresses);
        talk(&mut self.voices, &self.ids, relays.unwrap_or_default(), now);
    }

    /// From now on they talk to each other.
    pub(crate) fn among_themselves(&mut self, now: Instant) {
        for (ids, own) in self.ids.chunks_exact(2).zip(self.own.chunks_exact(2)) {
            for (id, other) in ids.iter().zip(own.iter().rev()) {
                self.voices.talk(Some(*id), Some(&Peer::from(*other)), now);
            }
        }
    }

    /// One of their sockets can be read, if it is one of theirs.
    pub(crate) fn ready(&mut self, token: u64, now: Instant) -> bool {
        let own = token >= FOREIGN + TOKENS;
        if own {
            self.voices.ready(token, now);
        }
        own
    }
}

/// Each talks to the address in its place.
fn talk(voices: &mut Voices, ids: &[VoiceId], to: &[SocketAddrV4], now: Instant) {
    for (id, at) in ids.iter().zip(to) {
        voices.talk(Some(*id), Some(&Peer::from(*at)), now);
    }
}
