//! Reports of our own to each leg's peer: what it was sent, and how its own stream came here (RFC
//! 3550 section 6). Each side is told what is true of its own way to us, whatever the other does.

use std::net::SocketAddr;

use machine::Instant;
use rtp::rtcp::OWN_REPORT_BYTES;

use super::leg::Leg;
use super::own_reports::Sent;
use super::secure::Kind;
use super::{ROOM, Road};

impl Road {
    /// Reports to a leg's peer, if it is time for that.
    pub(super) fn report_to(
        &mut self,
        slot: u32,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let at = usize::try_from(slot).unwrap_or(usize::MAX);
        let leg = self.legs.get_mut(at).and_then(Option::as_deref_mut);
        let Some(leg) = leg.filter(|leg| leg.is_reported_to()) else {
            return;
        };
        if !leg.outflow.own_reports.is_due(now, &mut self.random) {
            return;
        }
        let mut buffer = [0; OWN_REPORT_BYTES + ROOM];
        if let Some((length, (local_port, to))) = leg.report(&mut buffer, now)
            && let Some(octets) = buffer.get(..length)
        {
            send(local_port, to, octets);
            self.figures.rtcp.reports += 1;
        }
    }
}

impl Leg {
    /// Whether its peer is to be reported to: there is a way to it, it is connected to something,
    /// if only to be on hold, and it is no fax, of which RTCP knows nothing.
    pub(super) fn is_reported_to(&self) -> bool {
        self.is_connected() && !self.is_fax() && self.rtcp_way_out().is_some()
    }

    /// Writes a report to its peer, protected as all that goes there; its octets and the way. Which
    /// report it is, is remembered, so that its answer tells the round trip.
    fn report(&mut self, buffer: &mut [u8], now: Instant) -> Option<(usize, (u16, SocketAddr))> {
        let way = self.rtcp_way_out()?;
        let outflow = &mut self.outflow;
        let news = outflow.own_reports.news(self.inflow.received());
        let about = news.then(|| self.inflow.report()).flatten();
        let sent = outflow.continuity.timestamp_at(now).map(|timestamp| Sent {
            packets: outflow.packets(),
            octets: outflow.payload_octets(),
            timestamp,
        });
        let ssrc = outflow.continuity.ssrc();
        let report = outflow.own_reports.of(ssrc, sent, about, now);
        if let Some(info) = &report.sent {
            outflow.reports.asked(info.middle(), now);
        }
        let length = report.write(buffer)?;
        let length = self.secure.protect(Kind::Rtcp, buffer, length)?;
        Some((length, way))
    }
}
