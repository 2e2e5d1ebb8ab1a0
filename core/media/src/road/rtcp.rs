//! RTCP between the two legs of a bridge.

use std::net::SocketAddr;

use machine::Instant;
use rtp::rtcp::{Packet, Packets, kind, packets};
use rtp::{Map, rewrite_rtcp};

use super::leg::Leg;
use super::reports::asks;
use super::secure::Kind;
use super::table::Key;
use super::{DropReason, Road, Verdict};

impl Road {
    /// Judges the RTCP packet `buffer[..length]` on either port of a pair.
    pub(super) fn rtcp(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
    ) -> Verdict {
        self.figures.rtcp += 1;
        let packet = buffer.get_mut(..length).unwrap_or_default();
        let (slot, length) = match self.rtcp_owner(local_port, from, packet) {
            Ok(found) => found,
            Err(reason) => return self.drop(reason),
        };
        let plain = buffer.get(..length).unwrap_or_default();
        let Some((sender, compound)) = packets(plain).and_then(|all| Some((sender(all)?, all)))
        else {
            return self.drop(DropReason::Malformed);
        };
        self.learn_rtcp(slot, local_port, from);
        if !self.within_rate(slot, now) {
            return self.drop(DropReason::Flood);
        }
        let Some(leg) = self.leg_mut(slot) else {
            return self.drop(DropReason::Stranger);
        };
        leg.inflow.rtcp = leg.inflow.rtcp.saturating_add(1);
        for packet in compound {
            match packet {
                Packet::SenderReport(_, blocks) | Packet::ReceiverReport(_, blocks) => {
                    blocks.for_each(|block| leg.outflow.reported(&block, now));
                }
                Packet::SourceDescription(_) | Packet::Bye(_) | Packet::Other { .. } => {}
            }
        }
        self.look_after(slot, now);
        self.forward_rtcp(slot, sender, buffer, length, now)
    }

    /// The leg whose peer this RTCP packet is from, and the packet's octets in plain.
    fn rtcp_owner(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        packet: &mut [u8],
    ) -> Result<(u32, usize), DropReason> {
        // The first sender stands in clear in protected RTCP, too (RFC 3711 §3.4).
        let sender = word(packet, 4).ok_or(DropReason::Malformed)?;
        if let Some(slot) = self.table.get(&Key::new(local_port, from)) {
            // On the RTP port it must be where RTP comes from; RTCP locks nothing there.
            let expected = |leg: &Leg| local_port != leg.local.rtp || leg.lock.source == Some(from);
            if !self.leg(slot).is_some_and(expected) {
                return Err(DropReason::Stranger);
            }
            return Ok((slot, self.prove(slot, Kind::Rtcp, packet)?));
        }
        let rtp_port = local_port
            .checked_sub(1)
            .filter(|port| port.is_multiple_of(2))
            .ok_or(DropReason::Stranger)?;
        let fits = |leg: &Leg| leg.may_report(from, sender);
        let proof = self.prove_newcomer(Kind::Rtcp, rtp_port, from, packet, fits);
        if let Ok(Some(found)) = proof {
            return Ok(found);
        }
        let slot = self.plain_rtcp_newcomer(rtp_port, from, sender);
        let slot = slot.ok_or(proof.err().unwrap_or(DropReason::Stranger))?;
        Ok((slot, packet.len()))
    }

    /// RTCP without protection of a peer behind NAT: of the one leg that it can be of, and only
    /// while no RTCP source is known.
    fn plain_rtcp_newcomer(&self, rtp_port: u16, from: SocketAddr, sender: u32) -> Option<u32> {
        let most = self.limits.legs_per_port;
        let mut fitting = self
            .on_port
            .of(&self.legs, from.is_ipv4(), rtp_port, most)
            .filter(|slot| {
                self.leg(*slot).is_some_and(|leg| {
                    leg.may_report(from, sender) && leg.lock.rtcp.is_none() && !leg.secure.is_on()
                })
            });
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// Believes that the leg's RTCP comes from here, if it is not where its RTP comes from.
    fn learn_rtcp(&mut self, slot: u32, local_port: u16, from: SocketAddr) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        if local_port != leg.local.rtp && leg.lock.rtcp != Some(from) {
            leg.lock.rtcp = Some(from);
            self.rekey(slot);
        }
    }

    fn forward_rtcp(
        &mut self,
        slot: u32,
        sender: u32,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
    ) -> Verdict {
        let Some((listener, map)) = self.report_map(slot, sender) else {
            return self.absorb();
        };
        let length = without_goodbyes(buffer.get_mut(..length).unwrap_or_default());
        let Some(kept) = buffer.get_mut(..length).filter(|kept| !kept.is_empty()) else {
            return self.absorb();
        };
        let Some(way) = self.leg(listener).and_then(Leg::rtcp_way_out) else {
            return self.absorb();
        };
        if !rewrite_rtcp(kept, &map) {
            return self.drop(DropReason::Malformed);
        }
        veil(kept, map.to);
        let asks = asks(kept);
        let Some(to) = self.leg_mut(listener) else {
            return self.absorb();
        };
        let Some(length) = to.secure.protect(Kind::Rtcp, buffer, length) else {
            return self.absorb();
        };
        if let Some(middle) = asks {
            to.outflow.reports.asked(middle, now);
        }
        self.figures.forwarded += 1;
        let (local_port, to) = way;
        Verdict::Send {
            local_port,
            to,
            length,
        }
    }

    /// Who is told what a leg reports, and how that reads there. What the partner hears of the leg
    /// decides: no reports on a stream that is not sent.
    fn report_map(&self, slot: u32, sender: u32) -> Option<(u32, Map)> {
        let leg = self.leg(slot)?;
        let listener = leg.tie.partner()?;
        let partner = self.leg(listener)?;
        let stream = partner.outflow.continuity.report_map();
        let unknown = stream.is_none_or(|map| map.theirs != sender);
        let hears = partner.hears_others() && !leg.held;
        if !hears || (unknown && leg.inflow.ssrc().is_some()) {
            return None;
        }
        let map = Map {
            from: sender,
            to: partner.outflow.continuity.ssrc(),
            ts_offset: partner.outflow.continuity.ts_offset(),
            reports: leg.outflow.continuity.report_map(),
        };
        Some((listener, map))
    }
}

impl Leg {
    /// Whether RTCP of this sender from a new source can be of its peer: from the IP its RTP comes
    /// from, and of the same stream.
    fn may_report(&self, from: SocketAddr, sender: u32) -> bool {
        let same_ip = |source: SocketAddr| source.ip() == from.ip();
        let same_peer = self.lock.source.is_some_and(same_ip) && self.inflow.ssrc() == Some(sender);
        same_peer && !self.expects.mux
    }
}

/// Who sent a compound.
fn sender(all: Packets<'_>) -> Option<u32> {
    let mut all = all;
    match all.next()? {
        Packet::SenderReport(info, _) => Some(info.ssrc),
        Packet::ReceiverReport(ssrc, _) => Some(ssrc),
        Packet::SourceDescription(chunks) => word(chunks, 0),
        Packet::Bye(mut sources) => sources.next(),
        Packet::Other { bytes, .. } => word(bytes, 4),
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*word))
}

/// Takes goodbyes out of a compound that was checked: our stream goes on when its source does
/// not (transfer, announcement). The octets left.
fn without_goodbyes(bytes: &mut [u8]) -> usize {
    let (mut read, mut kept) = (0, 0);
    while let Some(&[_, what, high, low]) = bytes.get(read..).and_then(|b| b.first_chunk::<4>()) {
        let size = 4 * (usize::from(u16::from_be_bytes([high, low])) + 1);
        if read + size > bytes.len() {
            break;
        }
        if what != kind::BYE {
            bytes.copy_within(read..read + size, kept);
            kept += size;
        }
        read += size;
    }
    kept
}

/// Overwrites the texts of source descriptions: they tell the peer's user name and private
/// address (RFC 3550 §6.5.1), which is nobody's business on the other side. The canonical name
/// becomes one of our stream's identity; its length stays.
fn veil(bytes: &mut [u8], ssrc: u32) {
    let mut rest = bytes;
    while let Some(&[first, what, high, low]) = rest.first_chunk::<4>() {
        let size = 4 * (usize::from(u16::from_be_bytes([high, low])) + 1);
        let Some((packet, behind)) = rest.split_at_mut_checked(size) else {
            return;
        };
        if what == kind::SOURCE_DESCRIPTION {
            veil_chunks(packet, first & 0x1f, ssrc);
        }
        rest = behind;
    }
}

/// Item type of private extensions (RFC 3550 §6.5.8).
const PRIVATE: u8 = 8;

fn veil_chunks(packet: &mut [u8], chunks: u8, ssrc: u32) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    let digit = |n: usize| HEX[usize::try_from(ssrc >> (28 - 4 * (n % 8)) & 0xf).unwrap_or(0)];
    let mut at = 4;
    for _ in 0..chunks {
        at += 4;
        while let Some(&[item, length]) = packet.get(at..).and_then(|b| b.first_chunk::<2>()) {
            if item == 0 {
                break;
            }
            let end = at + 2 + usize::from(length);
            let Some(text) = packet.get_mut(at + 2..end) else {
                return;
            };
            text.iter_mut()
                .enumerate()
                .for_each(|(n, octet)| *octet = digit(n));
            // A private extension begins with the length of its prefix: none.
            if let (PRIVATE, Some(prefix)) = (item, text.first_mut()) {
                *prefix = 0;
            }
            at = end;
        }
        at = (at / 4 + 1) * 4;
    }
}
