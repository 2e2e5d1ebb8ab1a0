//! Reports of our own to each leg's peer: what it was sent, and how its own stream came here (RFC
//! 3550 section 6). Each side is told what is true of its own way to us, whatever the other does.

use std::net::SocketAddr;

use machine::Instant;
use rtp::rtcp::OWN_REPORT_BYTES;

use super::leg::Leg;
use super::own_reports::{Sent, middle, network_time};
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
        let way = self.way_to(slot, Kind::Rtcp);
        let at = usize::try_from(slot).unwrap_or(usize::MAX);
        let leg = self.legs.get_mut(at).and_then(Option::as_deref_mut);
        let leg = leg.filter(|leg| leg.is_reported_to());
        let (Some(leg), Some((local_port, to))) = (leg, way) else {
            return;
        };
        if !leg.outflow.own_reports.is_due(now, &mut self.random) {
            return;
        }
        let mut buffer = [0; OWN_REPORT_BYTES + ROOM];
        let length = leg.report(&mut buffer, now);
        let length = length.and_then(|all| self.protect_for(slot, Kind::Rtcp, &mut buffer, all));
        if let Some(octets) = length.and_then(|length| buffer.get(..length)) {
            send(local_port, to, octets);
            self.figures.rtcp.reports += 1;
        }
    }
}

impl Leg {
    /// Whether its peer is to be reported to: there is a way to it, it is connected to something,
    /// if only to be on hold, and it is no fax, of which RTCP knows nothing.
    pub(super) fn is_reported_to(&self) -> bool {
        let reached = self.entries.beside.is_bundled() || self.rtcp_way_out().is_some();
        self.is_connected() && !self.is_fax() && reached
    }

    /// Writes a report to its peer; its octets. Which report it is, is remembered, so that its
    /// answer tells the round trip.
    pub(super) fn report(&mut self, buffer: &mut [u8], now: Instant) -> Option<usize> {
        let outflow = &mut self.outflow;
        let news = outflow.own_reports.news(self.inflow.received());
        let about = news.then(|| self.inflow.report()).flatten();
        let sent = outflow.continuity.timestamp_at(now).map(|timestamp| Sent {
            packets: outflow.packets(),
            octets: outflow.payload_octets(),
            timestamp,
        });
        let ssrc = outflow.continuity.ssrc();
        let mut report = outflow.own_reports.of(ssrc, sent, about, now);
        let wants = self.expects.reports;
        if report.sent.is_none() && wants.round_trip {
            report.extended.reference = Some(network_time(now));
        }
        let asked = report.sent.map(|info| info.ntp);
        if let Some(ntp) = asked.or(report.extended.reference) {
            outflow.reports.asked(middle(ntp), now);
        }
        if news && wants.voip_metrics {
            let trip = outflow.reports.round_trip();
            report.extended.voip = self.inflow.voip_metrics(trip);
        }
        report.write(buffer)
    }
}
