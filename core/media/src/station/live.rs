//! A live stream as a station has it: what has come of it waits until it is played, and what is
//! lost is wished for again.

use std::collections::VecDeque;
use std::time::Duration;

use machine::Instant;

use super::STATION_RATE;

/// Samples that wait at most: 8 s. What is beyond waits where it comes from.
const WAITING: usize = 8 * STATION_RATE as usize;

/// Samples that must wait before it is heard, so that it is not lost again at once: 1 s.
const ENOUGH: usize = STATION_RATE as usize;

/// How long it may be silent before it counts as lost.
const LOST_AFTER: Duration = Duration::from_secs(2);

/// The pause before it is wished for again: at first, and at most.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// A stream.
#[derive(Debug)]
pub(super) struct Live {
    waiting: VecDeque<i16>,
    /// It was wished for, and its end was not told.
    open: bool,
    /// Something has come of it since it was opened.
    comes: bool,
    /// It is what is heard.
    flows: bool,
    /// Since when nothing has come of it that could be played.
    dry: Option<Instant>,
    again_at: Instant,
    pause: Duration,
    /// Whether it has ended without ever being heard.
    failed: bool,
}

impl Live {
    pub(super) fn new(now: Instant) -> Live {
        Live {
            waiting: VecDeque::with_capacity(WAITING),
            open: false,
            comes: false,
            flows: false,
            dry: None,
            again_at: now,
            pause: PAUSE.0,
            failed: false,
        }
    }

    /// Whether it is what is heard.
    pub(super) fn flows(&self) -> bool {
        self.flows
    }

    /// Whether it may begin at any moment.
    pub(super) fn is_hoped_for(&self) -> bool {
        !self.flows && !self.failed
    }

    /// Whether it is to be opened now; it counts as open from then on.
    pub(super) fn wants(&mut self, now: Instant) -> bool {
        let wanted = !self.open && self.again_at <= now;
        self.open |= wanted;
        wanted
    }

    pub(super) fn room(&self) -> usize {
        WAITING.saturating_sub(self.waiting.len())
    }

    pub(super) fn take(&mut self, samples: &[i16]) {
        let room = self.room();
        self.comes = true;
        self.waiting.extend(samples.iter().take(room));
        if self.waiting.len() >= ENOUGH {
            self.flows = true;
            self.pause = PAUSE.0;
        }
    }

    pub(super) fn ended(&mut self, now: Instant) {
        (self.open, self.comes) = (false, false);
        self.failed |= !self.flows;
        self.again_at = now + self.pause;
        self.pause = (self.pause * 2).min(PAUSE.1);
    }

    /// Fills a frame; whether the stream is what is heard.
    pub(super) fn play(&mut self, frame: &mut [i16], now: Instant) -> bool {
        if !self.flows {
            return false;
        }
        let came = !self.waiting.is_empty();
        let count = frame.len().min(self.waiting.len());
        for (to, from) in frame.iter_mut().zip(self.waiting.drain(..count)) {
            *to = from;
        }
        if came {
            self.dry = None;
            return true;
        }
        let since = *self.dry.get_or_insert(now);
        self.flows = self.comes && now < since + LOST_AFTER;
        if !self.flows {
            self.dry = None;
        }
        self.flows
    }
}
