//! Whose a packet is: found by where it comes from, by the key that it proves itself with, or by
//! elimination. Nothing that a packet says is believed before.

use std::net::SocketAddr;

use machine::Instant;
use rtp::{HEADER_BYTES, Header};

use super::leg::Leg;
use super::lock::{Fit, Mark};
use super::secure::Kind;
use super::table::Key;
use super::{DropReason, Road};

/// Octets of the longest packet from a new source that is tried with keys; media packets fit an
/// Ethernet frame.
const LONGEST: usize = 2048;

/// An RTP packet that is a leg's, in plain.
pub(super) struct Owned {
    pub(super) slot: u32,
    pub(super) header: Header,
    /// Octets.
    pub(super) length: usize,
}

impl Road {
    /// The leg whose peer this RTP packet is from. Its protection is undone in place.
    pub(super) fn owner(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        packet: &mut [u8],
        now: Instant,
    ) -> Result<Owned, DropReason> {
        let (slot, length) = match self.table.get(&Key::new(local_port, from)) {
            Some(slot) => (slot, self.prove(slot, Kind::Rtp, packet)?),
            None => self.newcomer(local_port, from, packet, now)?,
        };
        let header = packet.get(..length).and_then(Header::parse);
        header
            .map(|header| Owned {
                slot,
                header,
                length,
            })
            .ok_or(DropReason::Malformed)
    }

    /// Undoes the protection of a packet from where the leg expects its peer; its octets then.
    pub(super) fn prove(
        &mut self,
        slot: u32,
        kind: Kind,
        packet: &mut [u8],
    ) -> Result<usize, DropReason> {
        let leg = self.leg_mut(slot).ok_or(DropReason::Stranger)?;
        let proved = leg.secure.unprotect(kind, packet);
        if proved == Err(DropReason::Forged) {
            leg.inflow.strangers = leg.inflow.strangers.saturating_add(1);
        }
        proved
    }

    /// Finds the leg of an RTP packet from a new source, and the packet's octets in plain.
    fn newcomer(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        packet: &mut [u8],
        now: Instant,
    ) -> Result<(u32, usize), DropReason> {
        let clear = in_clear(packet).ok_or(DropReason::Malformed)?;
        let fits = |leg: &Leg| leg.may_have_moved(from, &clear);
        let proof = self.prove_newcomer(Kind::Rtp, local_port, from, packet, fits);
        if let Ok(Some(found)) = proof {
            return Ok(found);
        }
        let unproved = proof.err();
        let header = Header::parse(packet).ok_or(unproved.unwrap_or(DropReason::Malformed))?;
        let slot = self.plain_newcomer(local_port, from, &header, now);
        let slot = slot.ok_or(unproved.unwrap_or(DropReason::Stranger))?;
        Ok((slot, packet.len()))
    }

    /// Tries a packet from a new source with the keys of the legs it may be meant for, and undoes
    /// its protection when one fits: that leg, and the packet's octets then. `None` when no leg
    /// with keys may be meant; an error when some may be and it proved itself with none of them,
    /// or with a key that two of them have.
    ///
    /// At most `legs_per_port` keys are tried, once each; the key of a leg that resumes a stream
    /// with each of the roll-over counts that [`srtp::Receiver::resumed`] tries.
    pub(super) fn prove_newcomer(
        &mut self,
        kind: Kind,
        rtp_port: u16,
        from: SocketAddr,
        packet: &mut [u8],
        fits: impl Fn(&Leg) -> bool,
    ) -> Result<Option<(u32, usize)>, DropReason> {
        let mut next = self.on_port.head(from.is_ipv4(), rtp_port);
        let mut unproved = None;
        for _ in 0..self.limits.legs_per_port {
            let Some(slot) = next else { break };
            let Some(leg) = self.leg_mut(slot) else { break };
            next = leg.entries.next_on_port;
            if !leg.secure.is_on() || !fits(leg) {
                continue;
            }
            match try_key(leg, kind, packet) {
                Ok(_) if self.has_twin(slot, rtp_port, from, &fits) => {
                    return Err(DropReason::Stranger);
                }
                Ok(length) => return Ok(Some((slot, length))),
                Err(reason) => _ = unproved.get_or_insert(reason),
            }
        }
        unproved.map_or(Ok(None), Err)
    }

    /// Whether a packet that proved itself with the leg's key may be another's with the same key.
    fn has_twin(
        &self,
        slot: u32,
        rtp_port: u16,
        from: SocketAddr,
        fits: impl Fn(&Leg) -> bool,
    ) -> bool {
        let Some(leg) = self.leg(slot) else {
            return false;
        };
        let most = self.limits.legs_per_port;
        self.on_port
            .of(&self.legs, from.is_ipv4(), rtp_port, most)
            .filter(|other| *other != slot)
            .filter_map(|other| self.leg(other))
            .any(|other| fits(other) && leg.secure.shares_key_with(&other.secure))
    }

    /// The one leg without keys of the port that a packet from a new source can be meant for. If
    /// it could be meant for two it is for none; a stream that is some leg's is for no other.
    fn plain_newcomer(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        header: &Header,
        now: Instant,
    ) -> Option<u32> {
        let (mut found, mut several) = (None, false);
        let (mut blame, mut several_open) = (None, false);
        let mut owned = None;
        let most = self.limits.legs_per_port;
        for slot in self
            .on_port
            .of(&self.legs, from.is_ipv4(), local_port, most)
        {
            let Some(leg) = self.leg(slot) else { continue };
            if leg.lock.is_open() {
                several_open |= blame.replace(slot).is_some();
            }
            if leg.sends_stream(from, header.ssrc) && !leg.lock.is_open() {
                owned = Some(slot);
                break;
            }
            let fit = leg.lock.fit(&leg.expects, from);
            if fit != Fit::No && !leg.secure.is_on() && leg.payloads.contains(header.pt) {
                several |= found.replace((slot, fit)).is_some();
            }
        }
        if let Some(slot) = owned {
            return self.rebind(slot, header, now);
        }
        let probation = self.limits.probation;
        let owner = match found.filter(|_| !several) {
            Some((slot, Fit::Now)) => Some(slot),
            Some((slot, Fit::OnTrial)) => {
                let leg = self.leg_mut(slot)?;
                let mark = Mark {
                    ssrc: Some(header.ssrc),
                    seq: header.seq,
                };
                leg.lock.try_out(from, mark, probation).then_some(slot)
            }
            Some((_, Fit::No)) | None => None,
        };
        if owner.is_none() {
            let blamed = blame
                .filter(|_| !several_open)
                .or_else(|| self.only_leg(local_port, from));
            if let Some(leg) = blamed.and_then(|slot| self.leg_mut(slot)) {
                leg.inflow.strangers = leg.inflow.strangers.saturating_add(1);
            }
        }
        owner
    }

    /// The leg of a port that has one only.
    pub(super) fn only_leg(&self, local_port: u16, from: SocketAddr) -> Option<u32> {
        let mut legs = self.on_port.of(&self.legs, from.is_ipv4(), local_port, 2);
        legs.next().filter(|_| legs.next().is_none())
    }

    /// A locked leg's stream from another port of its IP: a NAT forgot its binding and made
    /// another, if the old one has been quiet. One with keys has refused the packet already.
    fn rebind(&mut self, slot: u32, header: &Header, now: Instant) -> Option<u32> {
        let after = self.limits.rebind_after;
        let leg = self.leg_mut(slot)?;
        let quiet = leg
            .inflow
            .last
            .is_none_or(|last| now.saturating_since(last) >= after);
        if quiet && !leg.secure.is_on() && leg.payloads.contains(header.pt) {
            return Some(slot);
        }
        leg.inflow.strangers = leg.inflow.strangers.saturating_add(1);
        None
    }
}

/// Unprotects a packet by the leg's key; its octets then. A packet that does not prove itself stays
/// as it was, to be tried with other keys.
fn try_key(leg: &mut Leg, kind: Kind, packet: &mut [u8]) -> Result<usize, DropReason> {
    let mut copy = [0; LONGEST];
    let copy = copy.get_mut(..packet.len()).ok_or(DropReason::Malformed)?;
    copy.copy_from_slice(packet);
    let length = leg.secure.unprotect(kind, copy)?;
    packet.copy_from_slice(copy);
    Ok(length)
}

/// What the header says whether the packet is protected or not; padding counts its octets where
/// they are not in clear (RFC 3711 §3.1).
fn in_clear(packet: &[u8]) -> Option<Header> {
    let mut fixed = *packet.first_chunk::<HEADER_BYTES>()?;
    fixed[0] &= 0xc0;
    Header::parse(&fixed)
}

impl Leg {
    /// Whether this stream is already the leg's, from another port of the same IP.
    fn sends_stream(&self, from: SocketAddr, ssrc: u32) -> bool {
        self.inflow.ssrc() == Some(ssrc)
            && self
                .lock
                .source
                .is_some_and(|source| source.ip() == from.ip())
    }

    /// Whether its peer may send from this new source, if only the packet proves itself: the rules
    /// are those of a leg without keys, but neither a trial nor a quiet time is asked for.
    fn may_have_moved(&self, from: SocketAddr, header: &Header) -> bool {
        let fits = match self.lock.fit(&self.expects, from) {
            Fit::Now | Fit::OnTrial => true,
            Fit::No => !self.lock.is_open() && self.sends_stream(from, header.ssrc),
        };
        fits && self.payloads.contains(header.pt)
    }
}
