//! What peers say by RTCP: their reports are for us, who report to each of them in turn; only what
//! is meant for whoever makes the stream that a peer hears goes on to the other leg of a bridge.

use std::net::SocketAddr;

use machine::Instant;
use rtp::rtcp::{ExtendedBlock, Packet, Packets, packets};
use rtp::{Map, keep_feedback};

use super::leg::Leg;
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
        self.figures.rtcp.came += 1;
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
        let slot = self.spoken_of(slot, sender, compound);
        if !self.within_rate(slot, length, now) {
            return self.drop(DropReason::Flood);
        }
        let Some(leg) = self.leg_mut(slot) else {
            return self.drop(DropReason::Stranger);
        };
        leg.inflow.rtcp = leg.inflow.rtcp.saturating_add(1);
        for packet in compound {
            match packet {
                Packet::SenderReport(info, blocks) => {
                    leg.outflow.own_reports.told(&info, now);
                    blocks.for_each(|block| leg.outflow.reported(&block, now));
                }
                Packet::ReceiverReport(_, blocks) => {
                    blocks.for_each(|block| leg.outflow.reported(&block, now));
                }
                Packet::ExtendedReport(of, blocks) => {
                    blocks.for_each(|block| leg.take_extended(of, block, now));
                }
                Packet::SourceDescription(_) | Packet::Bye(_) | Packet::Other { .. } => {}
            }
        }
        self.look_after(slot, now);
        self.pass_feedback(slot, sender, buffer, length)
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

    fn pass_feedback(
        &mut self,
        slot: u32,
        sender: u32,
        buffer: &mut [u8],
        length: usize,
    ) -> Verdict {
        let Some((listener, map)) = self.feedback_map(slot, sender) else {
            return self.absorb();
        };
        let length = keep_feedback(buffer.get_mut(..length).unwrap_or_default(), &map);
        let way = self.way_to(listener, Kind::Rtcp);
        let (Some((local_port, to)), true) = (way, length > 0) else {
            return self.absorb();
        };
        let protected = self.protect_for(listener, Kind::Rtcp, buffer, length);
        let Some(length) = protected else {
            return self.absorb();
        };
        self.figures.forwarded += 1;
        Verdict::Send {
            local_port,
            to,
            length,
        }
    }

    /// Who is told what a leg asks of its partner, and how that reads there. What the partner hears
    /// of the leg decides: nothing is asked by a stream that is not sent.
    fn feedback_map(&self, slot: u32, sender: u32) -> Option<(u32, Map)> {
        let leg = self.leg(slot)?;
        let listener = leg.tie.partner()?;
        let partner = self.leg(listener)?;
        let stream = partner.outflow.continuity.report_map();
        let unknown = stream.is_none_or(|map| map.theirs != sender);
        let hears = partner.hears_others() && !leg.held;
        let heard = hears && (!unknown || leg.inflow.ssrc().is_none());
        // who only sees has no stream of its own, and asks for pictures all the same
        let sees = leg.entries.beside.is_video() && leg.expects.receives;
        if !(heard || sees && self.may_be_seen(listener, slot)) {
            return None;
        }
        let map = Map {
            from: sender,
            to: partner.outflow.continuity.ssrc(),
            reports: leg.outflow.continuity.report_map(),
        };
        Some((listener, map))
    }
}

impl Leg {
    /// Takes note of a block of its peer's extended report.
    fn take_extended(&mut self, sender: u32, block: ExtendedBlock<'_>, now: Instant) {
        match block {
            ExtendedBlock::Reference(ntp) => self.outflow.own_reports.asks(sender, ntp, now),
            ExtendedBlock::Answers(answers) => {
                answers.for_each(|answer| self.outflow.answered(&answer, now));
            }
            ExtendedBlock::Voip(metrics) => self.outflow.heard(&metrics),
            ExtendedBlock::Other(_) => {}
        }
    }

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
        Packet::ExtendedReport(ssrc, _) => Some(ssrc),
        Packet::Other { bytes, .. } => word(bytes, 4),
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*word))
}
