//! Forks: what a leg's partner hears of it goes to somebody else as well, such as a recording
//! server, by a leg of its own.
//!
//! Between the two stands a copy: a leg without a port, which says what the leg says and is tied to
//! whoever hears it. So what is done for partners is done here too: numbers of payloads, other
//! codecs, keys. Only that its packets are no one's answer to anything: they lie in a queue until
//! the worker comes for them, which it does at the end of each round.

use std::net::SocketAddr;

use machine::Instant;
use rtp::Header;

use super::beside::Beside;
use super::tie::Tie;
use super::{ROOM, Road, Verdict};
use crate::command::Notice;
use crate::expect::Expect;
use crate::id::EndpointId;

/// Octets of the longest packet that is forked: what a network carries in one piece.
const LONGEST: usize = 1_500;

/// Packets that wait for the worker at most.
const PACKETS: usize = 512;

/// Octets of them at most.
const OCTETS: usize = 128 * 1_024;

/// A packet that waits to be sent.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    at: Instant,
    local_port: u16,
    to: SocketAddr,
    end: usize,
}

/// Packets of forks that wait to be sent. It allocates when it is made and never again.
#[derive(Debug)]
pub(super) struct Forked {
    waiting: Vec<Waiting>,
    octets: Vec<u8>,
}

impl Default for Forked {
    fn default() -> Forked {
        Forked {
            waiting: Vec::with_capacity(PACKETS),
            octets: Vec::with_capacity(OCTETS),
        }
    }
}

impl Forked {
    /// When the first of them was made.
    pub(super) fn since(&self) -> Option<Instant> {
        self.waiting.first().map(|one| one.at)
    }

    /// Takes a packet; false where there is no room.
    pub(super) fn take(
        &mut self,
        (local_port, to): (u16, SocketAddr),
        packet: &[u8],
        at: Instant,
    ) -> bool {
        let end = self.octets.len() + packet.len();
        if self.waiting.len() >= PACKETS || end > OCTETS {
            return false;
        }
        self.octets.extend_from_slice(packet);
        self.waiting.push(Waiting {
            at,
            local_port,
            to,
            end,
        });
        true
    }

    /// Sends all of them.
    pub(super) fn send(&mut self, send: &mut impl FnMut(u16, SocketAddr, &[u8])) {
        let mut begin = 0;
        for one in self.waiting.drain(..) {
            let packet = self.octets.get(begin..one.end).unwrap_or_default();
            send(one.local_port, one.to, packet);
            begin = one.end;
        }
        self.octets.clear();
    }
}

impl Road {
    /// Lets whoever is at the leg `to` hear what the leg `of` says, by the copy `id`.
    pub(super) fn open_fork(
        &mut self,
        (id, of, to): (EndpointId, EndpointId, EndpointId),
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        let (Some(source), Some(listener)) = (self.slot_of(of), self.slot_of(to)) else {
            self.figures.stale_commands += 1;
            return;
        };
        let (Some(speaks), Some(local)) = (
            self.leg(source).map(|leg| copied(&leg.expects)),
            self.leg(listener).map(|leg| leg.local),
        ) else {
            return;
        };
        let Some(slot) = self.take_in(id, local, speaks, now, out) else {
            return;
        };
        self.part_fork_of(source, now);
        self.part(listener, now);
        if let Some(leg) = self.leg_mut(slot) {
            leg.entries.beside = Beside::Source { slot: source };
        }
        if let Some(leg) = self.leg_mut(source) {
            leg.to_partner.fork = Some(slot);
        }
        self.join(slot, listener);
        self.join(listener, slot);
        self.map_payloads(slot, listener);
        self.taps.expect_forks();
        self.watch(listener, now);
    }

    /// A leg that is forked was described anew: its copy says what it says.
    pub(super) fn refit_fork(&mut self, source: u32) {
        let Some(leg) = self.leg(source) else { return };
        let (Some(copy), speaks) = (leg.to_partner.fork, copied(&leg.expects)) else {
            return;
        };
        let Some(leg) = self.leg_mut(copy) else {
            return;
        };
        leg.expects = speaks;
        leg.payloads = speaks.formats.payloads();
        if let Tie::Partner(listener) = leg.tie {
            self.map_payloads(copy, listener);
        }
    }

    /// A leg ends: a copy is its source's no more, and a source has no copy.
    pub(super) fn part_fork(&mut self, slot: u32, now: Instant) {
        let source = self.leg(slot).and_then(|leg| leg.entries.beside.source());
        let source = source.and_then(|source| self.leg_mut(source));
        if let Some(source) = source.filter(|leg| leg.to_partner.fork == Some(slot)) {
            source.to_partner.fork = None;
        }
        self.part_fork_of(slot, now);
    }

    /// A source has no copy any more, which says nothing until it is closed.
    fn part_fork_of(&mut self, source: u32, now: Instant) {
        let copy = self.leg_mut(source);
        let Some(copy) = copy.and_then(|leg| leg.to_partner.fork.take()) else {
            return;
        };
        if let Some(leg) = self.leg_mut(copy) {
            leg.entries.beside = Beside::Nothing;
        }
        self.part(copy, now);
    }

    /// Gives a leg's packet to its copy, if it has one and its partner hears it now.
    pub(super) fn fork(&mut self, slot: u32, header: &Header, packet: &[u8], now: Instant) {
        let copy = self.leg(slot).and_then(|leg| leg.to_partner.fork);
        let Some(copy) = copy.filter(|_| self.listener_of(slot).is_some()) else {
            return;
        };
        let mut buffer = [0; LONGEST + ROOM];
        let length = packet.len();
        let Some(place) = buffer.get_mut(..length).filter(|_| length <= LONGEST) else {
            return self.taps.miss();
        };
        place.copy_from_slice(packet);
        match self.pass_on(copy, header, &mut buffer, length, now) {
            Verdict::Send {
                local_port,
                to,
                length,
            } => {
                let packet = buffer.get(..length).unwrap_or_default();
                self.taps.take_fork((local_port, to), packet, now);
            }
            Verdict::Drop(_) | Verdict::Lift(_) | Verdict::Absorbed | Verdict::Kept => {}
        }
    }
}

/// What a copy is expected to say: what its source says, and it hears nothing.
fn copied(source: &Expect) -> Expect {
    Expect {
        receives: false,
        sends: false,
        ..Expect::unknown(None, source.formats)
    }
}
