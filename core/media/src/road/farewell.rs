//! What is said to a peer when there is nothing else to say: a goodbye when its leg ends (RFC 3550
//! section 6.6), and while nothing is sent to it, now and then an empty packet, lest the address
//! translators on its way forget it (RFC 6263).

use std::net::SocketAddr;
use std::time::Duration;

use machine::Instant;
use rtp::HEADER_BYTES;
use rtp::rtcp::{GOODBYE_BYTES, OWN_REPORT_BYTES, write_goodbye};

use super::leg::Leg;
use super::made::MadePacket;
use super::secure::Kind;
use super::{ROOM, Road};
use crate::format::{Codec, Format};

/// Goodbyes that wait to be sent at most. They wait until the worker is through with its orders, so
/// that this is what a worker ends at once; legs beyond end without.
const MOST: usize = 256;

/// Nothing is sent on a way for so long before it is kept open (RFC 6263 section 6).
const QUIET: Duration = Duration::from_secs(15);

/// An empty packet's source. It never leaves: the leg's own stands in its place.
const SSRC: u32 = 0x4b45_4550;

/// A goodbye as it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Farewell {
    at: Instant,
    local_port: u16,
    to: SocketAddr,
    length: usize,
    octets: [u8; OWN_REPORT_BYTES + GOODBYE_BYTES + ROOM],
}

impl Farewell {
    /// When its leg ended.
    pub(super) fn at(&self) -> Instant {
        self.at
    }
}

impl Road {
    /// Keeps a goodbye to a leg's peer, if anything was ever sent to it.
    pub(super) fn say_goodbye(&mut self, slot: u32, now: Instant) {
        let full = self.farewells.len() >= MOST;
        let way = self.way_to(slot, Kind::Rtcp);
        let leg = self.leg_mut(slot);
        let leg = leg.filter(|leg| !leg.is_fax() && leg.outflow.packets() > 0);
        let (Some(leg), Some((local_port, to))) = (leg, way) else {
            return;
        };
        if full {
            self.figures.rtcp.unsaid += 1;
            return;
        }
        let mut octets = [0; OWN_REPORT_BYTES + GOODBYE_BYTES + ROOM];
        let ssrc = leg.outflow.continuity.ssrc();
        let report = leg.report(&mut octets, now);
        let length = report.and_then(|report| write_goodbye(&mut octets, report, ssrc));
        let length = length.and_then(|all| self.protect_for(slot, Kind::Rtcp, &mut octets, all));
        let Some(length) = length else { return };
        self.farewells.push(Farewell {
            at: now,
            local_port,
            to,
            length,
            octets,
        });
    }

    pub(super) fn say_farewells(&mut self, send: &mut impl FnMut(u16, SocketAddr, &[u8])) {
        for farewell in self.farewells.drain(..) {
            let octets = farewell.octets.get(..farewell.length);
            send(farewell.local_port, farewell.to, octets.unwrap_or_default());
            self.figures.rtcp.goodbyes += 1;
        }
    }

    /// Keeps the way to a leg's peer open, if nothing else has for a while.
    pub(super) fn keep_open(
        &mut self,
        slot: u32,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let Some(leg) = self.leg_mut(slot).filter(|leg| leg.is_kept_open(now)) else {
            return;
        };
        let Some((local_port, to)) = leg.way_out() else {
            return;
        };
        let mut buffer = [0; HEADER_BYTES + ROOM];
        let length = leg.nothing(&mut buffer, now);
        if let Some(octets) = length.and_then(|length| buffer.get(..length)) {
            send(local_port, to, octets);
            self.figures.rtcp.kept_open += 1;
        }
    }
}

impl Leg {
    /// Whether an empty packet is due: RTP has gone this way before, and none has for long. Where
    /// reports go the same way, they keep it open.
    fn is_kept_open(&self, now: Instant) -> bool {
        let sent = self.outflow.continuity.sent_at();
        let quiet = sent.is_some_and(|at| now.saturating_since(at) >= QUIET);
        quiet && !self.expects.mux && self.is_reported_to()
    }

    /// Writes an empty packet of a number that was not agreed on, which its peer is to ignore (RFC
    /// 6263 section 4.6); its octets.
    fn nothing(&mut self, buffer: &mut [u8], now: Instant) -> Option<usize> {
        let unknown = (96..=127).rev().find(|pt| !self.payloads.contains(*pt))?;
        self.outflow.change_source();
        let made = MadePacket {
            source: SSRC,
            format: Format {
                payload: unknown,
                codec: Codec::Other(0),
                clock: 8_000,
            },
            seq: 0,
            ts: 0,
            marker: false,
        };
        let length = self.finish(&made, buffer, HEADER_BYTES, now);
        // whatever is heard next is no part of this
        self.outflow.paused = true;
        length
    }
}
