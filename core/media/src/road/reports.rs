//! What a leg's peer reports of the stream that goes to it (RFC 3550 §6.4.1), second by second.

use std::time::Duration;

use machine::Instant;
use rtp::rtcp::{ReportBlock, VoipMetrics};

use super::gauge::{Batch, most, tenths};
use super::score::{Quality, share};
use crate::format::Format;
use crate::second::{Listening, Second};

/// What a stream had come to when a report came.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// Packets that the peer could have heard.
    expected: u64,
    /// Of those, the ones that were lost on the way to it.
    lost: u64,
}

/// The reports of one leg's peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reports {
    /// The number of the stream's first packet.
    first: u32,
    /// Up to the latest report.
    latest: Counts,
    /// What of it was told already.
    told: Counts,
    /// Packets that were lost by the peer's own count.
    cumulative: u64,
    /// Jitter of the report that came in this second, timestamp units.
    fresh: Option<u32>,
    /// The round trip that it tells.
    fresh_trip: Option<Duration>,
    /// The round trip that was told last.
    round_trip: Option<Duration>,
    /// How it hears the stream by its own account, where it said so in this second.
    fresh_listening: Option<Listening>,
    /// The middle of the time in the report that went to the peer last, of what was sent or of this
    /// moment alone, and when it went.
    asked: Option<(u32, Instant)>,
    pub(super) batch: Batch,
}

impl Reports {
    /// None yet, of a stream whose first packet will have this number.
    pub(super) fn new(first: u16) -> Reports {
        Reports {
            first: first.into(),
            latest: Counts::default(),
            told: Counts::default(),
            cumulative: 0,
            fresh: None,
            fresh_trip: None,
            round_trip: None,
            fresh_listening: None,
            asked: None,
            batch: Batch::default(),
        }
    }

    /// A report went to the peer that its next one answers.
    pub(super) fn asked(&mut self, middle: u32, now: Instant) {
        self.asked = Some((middle, now));
    }

    /// To the peer and back, where that is known.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// The round trip of the second that ends now, where nothing else is told of it.
    pub(super) fn lone_trip(&mut self) -> Option<u16> {
        self.fresh_trip.take().map(millis)
    }

    /// How long a packet takes to the peer, as far as that is known: half of the round trip.
    pub(super) fn delay(&self) -> Duration {
        self.round_trip.unwrap_or_default() / 2
    }

    /// The peer has reported of the stream, whose highest number is this one, and of which so many
    /// packets were sent.
    pub(super) fn note(&mut self, block: &ReportBlock, (highest, sent): (u32, u64), now: Instant) {
        self.fresh = Some(block.jitter);
        self.count(block, highest, sent);
        self.answered(block.last_sr, block.delay_since_last_sr, now);
    }

    /// The peer answers the report with this middle of its time, so many 1/65536 s after it came.
    pub(super) fn answered(&mut self, last: u32, delay: u32, now: Instant) {
        let answered = |asked: &(u32, Instant)| last != 0 && asked.0 == last;
        let Some((_, at)) = self.asked.filter(answered) else {
            return;
        };
        let kept = u64::from(delay) * 1_000_000_000 / 65_536;
        let took = now.saturating_since(at);
        let trip = took.saturating_sub(Duration::from_nanos(kept));
        self.fresh_trip = Some(trip);
        self.round_trip = Some(trip);
    }

    /// The peer tells how it hears the stream.
    pub(super) fn listens(&mut self, metrics: &VoipMetrics) {
        self.fresh_listening = Some(Listening {
            discarded: metrics.discard,
            burst_density: metrics.course.burst_density,
            burst_ms: metrics.course.burst_ms,
            mos_deci: metrics.scores.listening_x10.unwrap_or(0),
        });
    }

    /// How it hears the stream, where it has told that since this was asked last.
    pub(super) fn take_listening(&mut self) -> Option<Listening> {
        self.fresh_listening.take()
    }

    /// Brings the counts up to a report. Numbers that were given to no packet are of packets that
    /// never came to us: the peer misses them as well, and they are not the fault of its way.
    fn count(&mut self, block: &ReportBlock, highest: u32, sent: u64) {
        let given = u64::from(highest.wrapping_sub(self.first).wrapping_add(1));
        let [_, _, high, low] = highest.to_be_bytes();
        let [_, _, its_high, its_low] = block.highest_seq.to_be_bytes();
        // peers differ in how they count cycles
        let its = u16::from_be_bytes([its_high, its_low]);
        let behind = u16::from_be_bytes([high, low]).wrapping_sub(its);
        let heard = given.saturating_sub(behind.into());
        let never = given.saturating_sub(sent);
        let cumulative = u64::try_from(block.cumulative_lost).unwrap_or(0);
        // a peer that counts anew, or got some late
        let fallen = self.cumulative.saturating_sub(cumulative);
        self.cumulative = cumulative;
        self.told.lost = self.told.lost.saturating_sub(fallen);
        let lost = self.latest.lost.saturating_sub(fallen);
        self.latest = Counts {
            expected: self.latest.expected.max(heard.saturating_sub(never)),
            lost: lost.max(cumulative.saturating_sub(never)),
        };
    }

    /// What the report of the second that ends now says of the time since the one before.
    pub(super) fn second(&mut self, format: Option<Format>, clock: u32) -> Option<Second> {
        let jitter = self.fresh.take()?;
        let before = std::mem::replace(&mut self.told, self.latest);
        let expected = self.told.expected.saturating_sub(before.expected);
        let lost = self.told.lost.saturating_sub(before.lost).min(expected);
        if expected == 0 {
            return None;
        }
        let trip = self.fresh_trip.take();
        let nanos = u64::from(jitter) * 1_000_000_000 / u64::from(clock.max(1));
        let quality = Quality {
            format,
            loss: share(lost, expected),
            burst_ratio: 1.0,
            jitter: Duration::from_nanos(nanos),
            delay: self.delay(),
        };
        Some(Second {
            expected: most(expected),
            lost: most(lost),
            jitter: tenths(quality.jitter),
            round_trip_ms: trip.map(millis),
            mos_centi: quality.mos(),
            ..Second::default()
        })
    }
}

fn millis(time: Duration) -> u16 {
    u16::try_from(time.as_millis()).unwrap_or(u16::MAX)
}
