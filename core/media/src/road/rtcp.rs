//! RTCP between the two legs of a bridge.

use std::net::SocketAddr;

use machine::Instant;
use rtp::rtcp::{Packet, Packets, kind, packets};
use rtp::{Map, rewrite_rtcp};

use super::table::Key;
use super::{DropReason, Road, Verdict};

impl Road {
    /// Judges an RTCP packet on either port of a pair.
    pub(super) fn rtcp(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        bytes: &mut [u8],
        now: Instant,
    ) -> Verdict {
        self.figures.rtcp += 1;
        let Some((sender, compound)) = packets(bytes).and_then(|all| Some((sender(all)?, all)))
        else {
            return self.drop(DropReason::Malformed);
        };
        let known = self.table.get(&Key::new(local_port, from));
        let found = match known {
            Some(slot) => self.rtcp_known(slot, local_port, from),
            None => self.rtcp_newcomer(local_port, from, sender),
        };
        let Some(slot) = found else {
            return self.drop(DropReason::Stranger);
        };
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
                    blocks.for_each(|block| leg.outflow.reported(&block));
                }
                Packet::SourceDescription(_) | Packet::Bye(_) | Packet::Other { .. } => {}
            }
        }
        self.forward_rtcp(slot, sender, bytes)
    }

    /// A source that is in the table: locked or declared. On the RTP port it must be the one the
    /// leg is locked to; RTCP locks nothing there.
    fn rtcp_known(&mut self, slot: u32, local_port: u16, from: SocketAddr) -> Option<u32> {
        let leg = self.leg_mut(slot)?;
        if local_port == leg.local.rtp {
            return (leg.lock.source == Some(from)).then_some(slot);
        }
        if leg.lock.rtcp != Some(from) {
            leg.lock.rtcp = Some(from);
            self.rekey(slot);
        }
        Some(slot)
    }

    /// RTCP of a peer behind NAT: from the IP its RTP comes from, and by the same sender. Only
    /// while no RTCP source is known.
    fn rtcp_newcomer(&mut self, local_port: u16, from: SocketAddr, sender: u32) -> Option<u32> {
        let rtp_port = local_port
            .checked_sub(1)
            .filter(|port| port.is_multiple_of(2))?;
        let mut found = None;
        for slot in self.on_port.of(
            &self.legs,
            from.is_ipv4(),
            rtp_port,
            self.limits.legs_per_port,
        ) {
            let Some(leg) = self.leg(slot) else { continue };
            let same_peer = leg
                .lock
                .source
                .is_some_and(|source| source.ip() == from.ip())
                && leg.inflow.ssrc() == Some(sender);
            if same_peer && leg.lock.rtcp.is_none() && !leg.expects.mux {
                if found.is_some() {
                    return None;
                }
                found = Some(slot);
            }
        }
        let leg = self.leg_mut(found?)?;
        leg.lock.rtcp = Some(from);
        self.rekey(found?);
        found
    }

    fn forward_rtcp(&mut self, slot: u32, sender: u32, bytes: &mut [u8]) -> Verdict {
        let Some(leg) = self.leg(slot) else {
            return self.absorb();
        };
        let Some(partner) = leg.partner.and_then(|partner| self.leg(partner)) else {
            return self.absorb();
        };
        // What the partner hears of this leg decides: no reports on a stream that is not sent.
        let stream = partner.outflow.continuity.report_map();
        let unknown = stream.is_none_or(|map| map.theirs != sender);
        let hears = partner.hears_partner() && !leg.held;
        if !hears || (unknown && leg.inflow.ssrc().is_some()) {
            return self.absorb();
        }
        let map = Map {
            from: sender,
            to: partner.outflow.continuity.ssrc(),
            ts_offset: partner.outflow.continuity.ts_offset(),
            reports: leg.outflow.continuity.report_map(),
        };
        let Some((local_port, to)) = partner.rtcp_way_out() else {
            return self.absorb();
        };
        let length = without_goodbyes(bytes);
        let Some(kept) = bytes.get_mut(..length).filter(|kept| !kept.is_empty()) else {
            return self.absorb();
        };
        if !rewrite_rtcp(kept, &map) {
            return self.drop(DropReason::Malformed);
        }
        veil(kept, map.to);
        self.figures.forwarded += 1;
        Verdict::Send {
            local_port,
            to,
            length,
        }
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
