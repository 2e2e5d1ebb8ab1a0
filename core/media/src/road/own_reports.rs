//! What a leg's peer was told by reports of our own, and when it is told again (RFC 3550 section
//! 6).

use std::time::Duration;

use machine::{Instant, Random};
use rtp::rtcp::{CanonicalName, OwnExtended, OwnReport, ReferenceAnswer, ReportBlock, SenderInfo};

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
    /// The time that it asked by last, which an extended report answers: whose, its middle, and
    /// when it came.
    reference: Option<(u32, u32, Instant)>,
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
            reference: None,
        }
    }

    /// The name by which reports are made.
    pub(super) fn name(&self) -> CanonicalName {
        self.name
    }

    /// Reports are made by this name.
    pub(super) fn call(&mut self, name: CanonicalName) {
        self.name = name;
    }

    /// The peer has told what it has sent.
    pub(super) fn told(&mut self, info: &SenderInfo, now: Instant) {
        self.answers = Some((info.middle(), now));
    }

    /// The peer asks by a time of its own how far it is (RFC 3611 section 4.4).
    pub(super) fn asks(&mut self, ssrc: u32, ntp: u64, now: Instant) {
        self.reference = Some((ssrc, middle(ntp), now));
    }

    /// Whether it is time for a report; then a time for the next one is drawn. The first time comes
    /// first, so that a call of a moment has none.
    pub(super) fn is_due(&mut self, now: Instant, random: &mut Random) -> bool {
        let due = self.due.is_some_and(|due| due <= now);
        if due || self.due.is_none() {
            let mean = self.due.map_or(FIRST_INTERVAL, |_| INTERVAL);
            self.due = Some(now + drawn(mean, random));
        }
        due
    }

    /// Whether packets came of which the peer has not been told; now it is.
    pub(super) fn news(&mut self, came: u64) -> bool {
        std::mem::replace(&mut self.came, came) != came
    }

    /// The report of this moment by a source: `sent` where packets were sent since the one before.
    pub(super) fn of(
        &mut self,
        ssrc: u32,
        sent: Option<Sent>,
        about: Option<ReportBlock>,
        now: Instant,
    ) -> OwnReport {
        let sent = sent.filter(|sent| sent.packets != self.sent);
        let about = about.map(|mut block| {
            self.answer(&mut block, now);
            block
        });
        if let Some(sent) = &sent {
            self.sent = sent.packets;
        }
        OwnReport {
            ssrc,
            sent: sent.map(|sent| SenderInfo {
                ssrc,
                ntp: network_time(now),
                rtp_ts: sent.timestamp,
                packets: low(sent.packets),
                octets: low(sent.octets),
            }),
            about,
            name: self.name,
            extended: OwnExtended {
                answer: self.reference_answer(now),
                ..OwnExtended::default()
            },
        }
    }

    fn reference_answer(&self, now: Instant) -> Option<ReferenceAnswer> {
        let (ssrc, last, at) = self.reference?;
        Some(ReferenceAnswer {
            ssrc,
            last,
            delay_since: since(at, now),
        })
    }

    /// Says in a block which report it answers, and how long ago that came.
    fn answer(&self, block: &mut ReportBlock, now: Instant) {
        let Some((middle, at)) = self.answers else {
            return;
        };
        block.last_sr = middle;
        block.delay_since_last_sr = since(at, now);
    }
}

/// What was sent so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) packets: u64,
    /// Without headers.
    pub(super) octets: u64,
    /// The stream's timestamp of this moment.
    pub(super) timestamp: u32,
}

/// A count as it is told: modulo 2^32.
fn low(count: u64) -> u32 {
    let [_, _, _, _, a, b, c, d] = count.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// A time of half to one and a half of this mean.
fn drawn(mean: Duration, random: &mut Random) -> Duration {
    let mean = u64::try_from(mean.as_micros()).unwrap_or(u64::MAX);
    let micros = random.between(mean / 2, mean / 2 + mean);
    Duration::from_micros(micros.saturating_mul(1_000) / SHORTENED)
}

/// The middle 32 bits of a time.
pub(super) fn middle(ntp: u64) -> u32 {
    let [_, _, a, b, c, d, _, _] = ntp.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// How long ago a moment was, in 1/65536 s.
fn since(at: Instant, now: Instant) -> u32 {
    let since = now.saturating_since(at).as_nanos() * 65_536 / 1_000_000_000;
    u32::try_from(since).unwrap_or(u32::MAX)
}

/// A moment as 32 bits of seconds and 32 of their fractions; never 0 in the middle, which would
/// say that there is none. There is no clock here but the one that says how long the machine
/// runs, which will do (RFC 3550 section 6.4.1).
pub(super) fn network_time(now: Instant) -> u64 {
    let parts = (u128::from(now.as_nanos()) << 32) / 1_000_000_000;
    let time = u64::try_from(parts & u128::from(u64::MAX)).unwrap_or(0);
    if time >> 16 & 0xffff_ffff == 0 {
        time | 1 << 16
    } else {
        time
    }
}
