//! Reports of our own to each leg's peer: what it was sent, and how its own stream came here (RFC
//! 3550 section 6). Each side is told what is true of its own way to us, whatever the other does.

use std::net::SocketAddr;
use std::time::Duration;

use machine::{Instant, Random};
use rtp::rtcp::{CanonicalName, OWN_REPORT_BYTES, OwnReport, ReportBlock, SenderInfo};

use super::leg::{Feed, Leg};
use super::secure::Kind;
use super::tie::Tie;
use super::{ROOM, Road};

/// The mean time between two reports to a peer, and that to the first one (RFC 3550 section 6.2).
const INTERVAL: Duration = Duration::from_secs(5);
const FIRST_INTERVAL: Duration = Duration::from_millis(2_500);

/// By how much times are shorter than drawn, in thousandths: the rule by which they are drawn
/// makes them longer than they should be by e - 3/2 (RFC 3550 section 6.3.1).
const SHORTENED: u64 = 1_218;

/// What was reported to a leg's peer, and when the next report is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnReports {
    name: CanonicalName,
    due: Option<Instant>,
    /// Packets that had been sent to it by the last report.
    sent: u64,
    /// Packets that had come from it by then.
    came: u64,
    /// The peer's latest report on what it sends: the middle of its time, and when it came.
    answers: Option<(u32, Instant)>,
}

impl OwnReports {
    /// Of somebody whose name nobody can guess.
    pub(super) fn new(random: &mut Random) -> OwnReports {
        OwnReports {
            name: CanonicalName(random.next_u64()),
            due: None,
            sent: 0,
            came: 0,
            answers: None,
        }
    }

    /// The peer has told what it has sent.
    pub(super) fn told(&mut self, info: &SenderInfo, now: Instant) {
        self.answers = Some((info.middle(), now));
    }

    /// Says in a block which report it answers, and how long ago that came.
    fn answer(&self, block: &mut ReportBlock, now: Instant) {
        let Some((middle, at)) = self.answers else {
            return;
        };
        let since = now.saturating_since(at).as_nanos() * 65_536 / 1_000_000_000;
        block.last_sr = middle;
        block.delay_since_last_sr = u32::try_from(since).unwrap_or(u32::MAX);
    }
}

impl Road {
    /// Reports to a leg's peer, if it is time for that.
    pub(super) fn report_to(
        &mut self,
        slot: u32,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let Some(leg) = self.leg(slot).filter(|leg| leg.is_reported_to()) else {
            return;
        };
        let due = leg.outflow.own_reports.due;
        if due.is_some_and(|due| due > now) {
            return;
        }
        let mean = due.map_or(FIRST_INTERVAL, |_| INTERVAL);
        let next = now + drawn(mean, &mut self.random);
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        leg.outflow.own_reports.due = Some(next);
        // the first time comes first, so that a call of a moment has none
        if due.is_none() {
            return;
        }
        let mut buffer = [0; OWN_REPORT_BYTES + ROOM];
        if let Some((length, (local_port, to))) = leg.report(&mut buffer, now)
            && let Some(octets) = buffer.get(..length)
        {
            send(local_port, to, octets);
            self.figures.reports += 1;
        }
    }
}

/// A time of half to one and a half of this mean.
fn drawn(mean: Duration, random: &mut Random) -> Duration {
    let mean = u64::try_from(mean.as_micros()).unwrap_or(u64::MAX);
    let micros = random.between(mean / 2, mean / 2 + mean);
    Duration::from_micros(micros.saturating_mul(1_000) / SHORTENED)
}

impl Leg {
    /// Whether its peer is to be reported to: there is a way to it, and it is connected to
    /// something, if only to be on hold.
    pub(super) fn is_reported_to(&self) -> bool {
        let connected = match self.feed {
            Feed::Echo | Feed::Play(_) => true,
            Feed::Tied => self.tie != Tie::None,
        };
        connected && self.rtcp_way_out().is_some()
    }

    /// Writes a report to its peer, protected as all that goes there; its octets and the way.
    fn report(&mut self, buffer: &mut [u8], now: Instant) -> Option<(usize, (u16, SocketAddr))> {
        let way = self.rtcp_way_out()?;
        let came = self.inflow.received();
        let about = (came != self.outflow.own_reports.came)
            .then(|| self.inflow.report())
            .flatten();
        self.outflow.own_reports.came = came;
        let length = self.outflow.report(about, now).write(buffer)?;
        let length = self.secure.protect(Kind::Rtcp, buffer, length)?;
        Some((length, way))
    }
}

impl super::flow::Outflow {
    /// The report of this moment; which report of ours it is, is remembered, so that its answer
    /// tells the round trip.
    fn report(&mut self, about: Option<ReportBlock>, now: Instant) -> OwnReport {
        let about = about.map(|mut block| {
            self.own_reports.answer(&mut block, now);
            block
        });
        let sent = self.sender_info(now);
        self.own_reports.sent = self.packets();
        if let Some(info) = &sent {
            self.reports.asked(info.middle(), now);
        }
        OwnReport {
            ssrc: self.continuity.ssrc(),
            sent,
            about,
            name: self.own_reports.name,
        }
    }

    /// What was sent, if anything was since the last report. There is no clock here but the one
    /// that says how long the machine runs, which will do (RFC 3550 section 6.4.1).
    fn sender_info(&self, now: Instant) -> Option<SenderInfo> {
        let rtp_ts = self.continuity.timestamp_at(now)?;
        let [_, _, _, _, a, b, c, d] = self.packets().to_be_bytes();
        let [_, _, _, _, e, f, g, h] = self.payload_octets().to_be_bytes();
        (self.packets() != self.own_reports.sent).then_some(SenderInfo {
            ssrc: self.continuity.ssrc(),
            ntp: network_time(now),
            rtp_ts,
            packets: u32::from_be_bytes([a, b, c, d]),
            octets: u32::from_be_bytes([e, f, g, h]),
        })
    }
}

/// A moment as 32 bits of seconds and 32 of their fractions; never 0 in the middle, which would say
/// that there is none.
fn network_time(now: Instant) -> u64 {
    let parts = (u128::from(now.as_nanos()) << 32) / 1_000_000_000;
    let time = u64::try_from(parts & u128::from(u64::MAX)).unwrap_or(0);
    if time >> 16 & 0xffff_ffff == 0 {
        time | 1 << 16
    } else {
        time
    }
}
