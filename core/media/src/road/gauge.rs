//! What comes from a leg's peer, measured second by second.

use std::time::Duration;

use audio::g711::{decode_a, decode_mu};
use audio::level::{clipped, level};
use machine::Instant;
use rtp::{Arrival, Statistics};

use super::score::{Quality, burst_ratio, share};
use crate::format::{Codec, Format};
use crate::second::{Listening, Loudness, Second, Seconds};

/// Samples of a packet that are listened to: 60 ms.
const LISTENED: usize = 480;

/// Longer than this behind its turn, a second is none of those before it.
const LATE: Duration = Duration::from_millis(1_500);

/// One second.
pub(super) const SECOND: Duration = Duration::from_secs(1);

/// Seconds on their way to whoever keeps them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Batch(Option<Seconds>);

impl Batch {
    /// Puts a second that began at a moment behind those before; a batch that is to be told.
    pub(super) fn put(
        &mut self,
        at: Instant,
        second: Option<Second>,
        listening: Option<Listening>,
    ) -> Option<Seconds> {
        let stale = |batch: &Seconds| at.saturating_since(batch.until()) >= LATE - SECOND;
        let told = self.0.take_if(|batch| stale(batch));
        if self.0.is_none() && second.is_none() {
            return told;
        }
        let batch = self.0.get_or_insert_with(|| Seconds::since(at));
        batch.push(second, listening);
        // a batch that has just begun is not full, so no more than one is told
        told.or_else(|| self.0.take_if(|batch| batch.is_full()))
    }

    /// What there is.
    pub(super) fn take(&mut self) -> Option<Seconds> {
        self.0.take()
    }
}

/// Counts up to the last second that was told.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    expected: u64,
    lost: u64,
    runs: u64,
    concealed: u64,
}

/// What is noted within a second, and what was told of those before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gauge {
    told: Told,
    /// The most packets that were skipped at once.
    skipped: u16,
    loudness: Option<Loudness>,
    pub(super) batch: Batch,
}

impl Gauge {
    /// Whether a packet of the second is still to be listened to.
    pub(super) fn is_listening(&self) -> bool {
        self.loudness.is_none()
    }

    /// Takes note of what a packet was.
    pub(super) fn note(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Next { missing } => self.skipped = self.skipped.max(missing),
            Arrival::First | Arrival::Late | Arrival::Duplicate | Arrival::Stray => {}
        }
    }

    /// Listens to a packet, if none of the second was listened to and that is cheap.
    pub(super) fn listen(&mut self, format: Option<Format>, payload: &[u8]) {
        let decode = match format.map(|format| format.codec) {
            Some(Codec::Pcmu) => decode_mu,
            Some(Codec::Pcma) => decode_a,
            Some(Codec::G722 | Codec::Opus | Codec::Event | Codec::Comfort | Codec::Other(_))
            | None => return,
        };
        if !self.is_listening() || payload.is_empty() {
            return;
        }
        let mut room = [0; LISTENED];
        for (sample, octet) in room.iter_mut().zip(payload) {
            *sample = decode(*octet);
        }
        let heard = room.get(..payload.len()).unwrap_or(&room);
        self.loudness = Some(Loudness {
            level: level(heard),
            clipped: u8::try_from(clipped(heard)).unwrap_or(u8::MAX),
        });
    }

    /// The second that ends now; `None` where nothing came and nothing was awaited.
    pub(super) fn second(
        &mut self,
        seen: &Statistics,
        concealed: u64,
        awaited: bool,
        (format, delay): (Option<Format>, Duration),
    ) -> Option<Second> {
        let before = self.told;
        self.told = Told {
            expected: before.expected.max(seen.expected),
            lost: before.lost.max(seen.lost),
            runs: before.runs.max(seen.loss_runs),
            concealed,
        };
        let expected = self.told.expected - before.expected;
        let lost = (self.told.lost - before.lost).min(expected);
        let runs = self.told.runs - before.runs;
        let skipped = std::mem::take(&mut self.skipped);
        let loudness = self.loudness.take();
        if expected == 0 && !awaited {
            return None;
        }
        let loss = share(lost, expected);
        let quality = Quality {
            format,
            loss,
            burst_ratio: burst_ratio(lost, runs, loss),
            jitter: seen.jitter_time(),
            delay,
        };
        Some(Second {
            expected: most(expected),
            lost: most(lost),
            longest_loss: skipped.min(most(lost)),
            jitter: tenths(quality.jitter),
            round_trip_ms: None,
            concealed: u8::try_from(concealed - before.concealed.min(concealed)).unwrap_or(u8::MAX),
            mos_centi: if expected == 0 { 0 } else { quality.mos() },
            loudness,
        })
    }
}

/// As many as can be told.
pub(super) fn most(count: u64) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Tenths of a millisecond.
pub(super) fn tenths(time: Duration) -> u16 {
    u16::try_from(time.as_micros() / 100).unwrap_or(u16::MAX)
}
