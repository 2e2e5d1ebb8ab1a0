//! How one direction of a leg sounded from its begin to its end, in samples of equal length.
//!
//! A timeline begins with samples of a second. When it is full, neighbours become one, two and two:
//! each sample stands for twice the time, sums stay sums and what was worst stays worst. So a call
//! of a minute is told second by second and one of a day in the same room.

mod packed;

use machine::WallTime;
use serde::{Deserialize, Serialize};

use packed::Packed;

/// Samples of one timeline at most.
pub const TIMELINE_SAMPLES: usize = 120;

/// Milliseconds in a second.
const SECOND: i64 = 1_000;

/// One direction of a leg's media in one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QualitySample {
    /// Packets that should have come; 0 where none came though they were awaited.
    pub expected: u32,
    /// Of those, the ones that were lost.
    pub lost: u32,
    /// The most that were lost in a row; of what is sent not known, and 0.
    pub longest_loss: u16,
    /// Interarrival jitter, tenths of a millisecond (RFC 3550 §6.4.1); the highest.
    pub jitter: u16,
    /// Milliseconds to the peer and back; the longest.
    pub round_trip_ms: Option<u16>,
    /// Frames that were made up on the way into another codec; of what is sent not known, and 0.
    pub concealed: u32,
    /// Mean opinion score by the E-model (ITU-T G.107), times 100: 100 to 450; that of the worst
    /// second.
    pub mos_x100: Option<u16>,
    /// How loud it was, -dBov (RFC 6464 §3), by one packet of each second; the loudest.
    pub level: Option<u8>,
    /// Samples of sound that were clipped, in those packets.
    pub clipped: u16,
    /// How the peer heard what was sent, by its own account.
    pub listening: Option<Listening>,
}

/// How a peer hears what is sent to it, by its own account (RFC 3611 §4.7): shares since it began
/// to hear it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listening {
    /// Packets that came there and were thrown away, too late or too early, in 1/256 of all; the
    /// most.
    pub discarded: u8,
    /// Packets that were lost or thrown away within bursts, in 1/256 of those in bursts; the most.
    pub burst_density: u8,
    /// Mean length of a burst, milliseconds; the longest.
    pub burst_ms: u16,
    /// Its mean opinion score of listening, times 10: 10 to 50; the worst.
    pub mos_x10: Option<u8>,
}

impl Listening {
    fn with(self, other: Listening) -> Listening {
        Listening {
            discarded: self.discarded.max(other.discarded),
            burst_density: self.burst_density.max(other.burst_density),
            burst_ms: self.burst_ms.max(other.burst_ms),
            mos_x10: least(self.mos_x10, other.mos_x10),
        }
    }
}

impl QualitySample {
    /// What both were together.
    #[must_use]
    fn with(self, other: QualitySample) -> QualitySample {
        QualitySample {
            expected: self.expected.saturating_add(other.expected),
            lost: self.lost.saturating_add(other.lost),
            longest_loss: self.longest_loss.max(other.longest_loss),
            jitter: self.jitter.max(other.jitter),
            round_trip_ms: self.round_trip_ms.max(other.round_trip_ms),
            concealed: self.concealed.saturating_add(other.concealed),
            mos_x100: least(self.mos_x100, other.mos_x100),
            level: least(self.level, other.level),
            clipped: self.clipped.saturating_add(other.clipped),
            listening: both(self.listening, other.listening, Listening::with),
        }
    }
}

/// The lesser of what is known.
fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}

/// What is known of both spans.
fn merged(one: Option<QualitySample>, other: Option<QualitySample>) -> Option<QualitySample> {
    both(one, other, QualitySample::with)
}

/// What is known, made one where both are.
fn both<T>(one: Option<T>, other: Option<T>, with: impl Fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(with(one, other)),
        (known, None) | (None, known) => known,
    }
}

/// The samples of one direction, at most [`TIMELINE_SAMPLES`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Packed", from = "Packed")]
pub struct Timeline {
    begin: WallTime,
    seconds: u32,
    samples: Vec<Option<QualitySample>>,
}

impl Timeline {
    /// One that begins with this second.
    #[must_use]
    pub fn begin(at: WallTime, sample: QualitySample) -> Timeline {
        Timeline {
            begin: at,
            seconds: 1,
            samples: vec![Some(sample)],
        }
    }

    /// Takes in a second that began at a moment. Between it and those before nothing is known; one
    /// from before the begin counts to the first.
    pub fn note(&mut self, at: WallTime, sample: QualitySample) {
        let mut place = self.place(at);
        while place >= TIMELINE_SAMPLES {
            self.halve();
            place = self.place(at);
        }
        if place >= self.samples.len() {
            self.samples.resize(place + 1, None);
        }
        if let Some(known) = self.samples.get_mut(place) {
            *known = merged(*known, Some(sample));
        }
    }

    /// When the first sample begins.
    #[must_use]
    pub fn begins(&self) -> WallTime {
        self.begin
    }

    /// Seconds of each sample.
    #[must_use]
    pub fn seconds(&self) -> u32 {
        self.seconds
    }

    /// The samples in their order; `None` where nothing is known.
    #[must_use]
    pub fn samples(&self) -> &[Option<QualitySample>] {
        &self.samples
    }

    /// What the latest so many seconds were together, with when the last of them ended; `None`
    /// where nothing is known of them. Of a longer sample all is taken.
    #[must_use]
    pub fn latest(&self, seconds: u32) -> Option<(WallTime, QualitySample)> {
        let step = self.seconds.max(1);
        let some = usize::try_from(seconds.div_ceil(step)).unwrap_or(usize::MAX);
        let from = self.samples.len().saturating_sub(some);
        let latest = self.samples.get(from..)?.iter().copied();
        let sample = latest.fold(None, merged)?;
        let after = i64::try_from(self.samples.len()).ok()?;
        let ms = after.saturating_mul(i64::from(step)).saturating_mul(SECOND);
        let until = self.begin.unix_ms().saturating_add(ms);
        Some((WallTime::from_unix_ms(until), sample))
    }

    /// In which sample a moment is, to the nearest second.
    fn place(&self, at: WallTime) -> usize {
        let after = at.unix_ms().saturating_sub(self.begin.unix_ms());
        let seconds = after.saturating_add(SECOND / 2).max(0) / SECOND;
        let place = seconds / i64::from(self.seconds.max(1));
        usize::try_from(place).unwrap_or(usize::MAX)
    }

    /// Each two neighbours become one.
    fn halve(&mut self) {
        let pairs = self.samples.chunks(2);
        let halved = pairs.map(|pair| pair.iter().copied().fold(None, merged));
        self.samples = halved.collect();
        self.seconds = self.seconds.saturating_mul(2);
    }
}

/// How both directions of a leg sounded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timelines {
    /// From the peer to us, measured here.
    pub received: Option<Timeline>,
    /// From us to the peer, as far as the peer reported it. A sample of a report tells of all that
    /// was sent since the report before.
    pub sent: Option<Timeline>,
}

impl Timelines {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.received.is_none() && self.sent.is_none()
    }
}

#[cfg(test)]
mod tests;
