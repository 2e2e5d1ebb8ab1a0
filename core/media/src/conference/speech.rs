//! What a member says: from its packets to frames of the conference.

use std::time::Duration;

use machine::Instant;
use rtp::Header;
use rtp::jitter::{Content, LEAST_DELAY};

use super::{FRAME, RATE, SAMPLES};
use crate::format::Format;
use crate::transcoder::{Hearing, Incoming, Pulled, SHORTEST};

/// Samples that may wait for their frame: one frame, and a packet of 120 ms that came when it was
/// not quite full.
const WAITING: usize = SAMPLES * 7;

/// One stream on its way into a conference. It allocates when it is made and never again.
#[derive(Debug)]
pub(super) struct Speech {
    incoming: Incoming,
    /// Sound that waits for its frame; it never grows.
    line: Vec<i16>,
}

impl Speech {
    /// In a format; `first` is a payload that tells how long packets are. `None` where it is not
    /// spoken here.
    pub(super) fn new(format: Format, first: &[u8]) -> Option<Speech> {
        let format = Some(format).filter(|format| format.is_spoken())?;
        let hearing = Hearing::at(format.codec, RATE)?;
        let length = hearing.length_of(first).unwrap_or(FRAME);
        // Where packets do not fill whole frames, some are asked for before their time.
        let whole = length.as_micros().is_multiple_of(FRAME.as_micros());
        let least = LEAST_DELAY + if whole { Duration::ZERO } else { FRAME };
        Some(Speech {
            incoming: Incoming::new(format, hearing, first, least),
            line: Vec::with_capacity(WAITING),
        })
    }

    pub(super) fn format(&self) -> Format {
        self.incoming.format()
    }

    pub(super) fn take_concealed(&mut self) -> u64 {
        self.incoming.take_concealed()
    }

    /// Takes a packet of sound.
    pub(super) fn put(&mut self, header: &Header, payload: &[u8], now: Instant) {
        self.incoming.put(header, Content::Sound, payload, now);
    }

    /// Takes a packet of something else, so that it is not missed.
    pub(super) fn pass_over(&mut self, header: &Header, now: Instant) {
        self.incoming.put(header, Content::Quiet, &[], now);
    }

    /// Gives what is to be heard in the frame of this moment, if anything is.
    pub(super) fn give(&mut self, at: Instant, take: impl FnOnce(&[i16])) {
        self.fill(at);
        let length = self.line.len().min(SAMPLES);
        if length > 0 {
            take(self.line.get(..length).unwrap_or_default());
            self.line.drain(..length);
        }
    }

    fn fill(&mut self, at: Instant) {
        let most = FRAME.as_micros() / SHORTEST.as_micros();
        for _ in 0..most {
            if self.line.len() >= SAMPLES || !self.incoming.is_running() {
                break;
            }
            let waits = self.line.len() * 1_000 / RATE.per_ms();
            let waits = Duration::from_micros(u64::try_from(waits).unwrap_or(0));
            match self.incoming.pull(at + waits) {
                Pulled::Frame(_) => {
                    let room = WAITING.saturating_sub(self.line.len());
                    let frame = self.incoming.frame();
                    let fits = frame.get(..frame.len().min(room));
                    self.line.extend_from_slice(fits.unwrap_or_default());
                }
                Pulled::Pause(_) | Pulled::Rest => break,
            }
        }
    }
}
