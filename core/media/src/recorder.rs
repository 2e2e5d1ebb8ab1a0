//! What is said in a call made into one recording: packets of two sides go in as the road has
//! copied them, packets of Opus come out, one for each 20 ms since the recording began.
//!
//! Both sides have a channel each, or are mixed into one, or one of them is kept alone
//! ([`Layout`]). Each side has a jitter buffer of its own, which is asked for a frame whenever the
//! one before has run out, as of that moment: so what comes out depends on when packets came to the
//! road, and not on when they are brought here. Packets are awaited for longer than any listener
//! would wait, so that what has come too late to be heard in the call is in its recording. What was
//! made lies on the side's [`Line`] at the time at which it would have been heard; where nothing
//! lies there is silence.

mod layout;
mod line;
mod voice;

#[cfg(test)]
mod tests;

use std::time::Duration;

use audio::Rate;
use machine::Instant;
use opus::{Encoder, Problem, Settings};

use crate::tapped::{Side, TappedPacket};
pub use layout::Layout;
use voice::Voice;

/// So late may packets be brought here.
pub const BROUGHT_LATE: Duration = Duration::from_millis(200);

/// How far behind the present the recording is made.
pub const RECORDED_BEHIND: Duration = BROUGHT_LATE.saturating_add(voice::AWAITED);

/// The rate at which it is made.
const RATE: Rate = Rate::Wide;

/// The length of a packet.
const FRAME: Duration = Duration::from_millis(20);

/// Samples of a packet and side.
const SAMPLES: usize = 20 * RATE.per_ms();

/// Octets of the longest packet (RFC 6716 section 3.4).
const LONGEST: usize = 1_275;

/// Bits per second of both sides in a channel each. Measured with a tone on either side at once: of
/// what is heard on one, 0.1 % is the other's; with 32,000 it is 5 %, too much to tell who speaks
/// by the side.
const BITS: u32 = 48_000;

/// The same of one channel: the usual ones for wide speech.
const BITS_OF_ONE: u32 = 24_000;

/// How much is computed for its quality: measured, more is not heard in speech and costs half as
/// much again.
const COMPLEXITY: u8 = 3;

/// What was made of a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecorderFigures {
    /// Packets of Opus.
    pub frames: u64,
    /// Frames of either side that were lost and made up.
    pub concealed: u64,
    /// Packets in codecs that are not spoken here; they are silence.
    pub unheard: u64,
}

/// Makes one recording.
#[derive(Debug)]
pub struct Recorder {
    start: Instant,
    layout: Layout,
    /// Frames that were made.
    frames: u64,
    left: Voice,
    right: Voice,
    encoder: Encoder,
    unheard: u64,
}

impl Recorder {
    /// A recording of this layout that begins now.
    ///
    /// # Errors
    /// [`Problem::Library`]: there is no memory.
    pub fn new(start: Instant, layout: Layout) -> Result<Recorder, Problem> {
        let (usual, bits_per_second) = match layout {
            Layout::Apart => (Settings::stereo(RATE), BITS),
            Layout::Mixed | Layout::Alone(_) => (Settings::new(RATE), BITS_OF_ONE),
        };
        let settings = Settings {
            bits_per_second,
            complexity: COMPLEXITY,
            ..usual
        };
        Ok(Recorder {
            start,
            layout,
            frames: 0,
            left: Voice::new(start),
            right: Voice::new(start),
            encoder: Encoder::new(&settings)?,
            unheard: 0,
        })
    }

    /// Takes a packet. Those of a side come in the order in which they came to the road, and
    /// [`BROUGHT_LATE`] later at most. Those of a side that is not kept are left out.
    pub fn hear(&mut self, packet: &TappedPacket<'_>) {
        if !self.layout.has(packet.tap.side) {
            return;
        }
        let voice = match packet.tap.side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        };
        if !voice.hear(packet) {
            self.unheard += 1;
        }
    }

    /// Makes what is over by now, but for the last [`RECORDED_BEHIND`]: each packet goes to `out`.
    pub fn advance(&mut self, now: Instant, out: &mut impl FnMut(&[u8])) {
        let behind = now.saturating_since(self.start + RECORDED_BEHIND);
        self.make(behind, out);
    }

    /// The recording ends now: makes the rest of it.
    pub fn finish(&mut self, now: Instant, out: &mut impl FnMut(&[u8])) {
        self.make(now.saturating_since(self.start), out);
    }

    /// What was made so far.
    #[must_use]
    pub fn figures(&self) -> RecorderFigures {
        RecorderFigures {
            frames: self.frames,
            concealed: self.left.concealed() + self.right.concealed(),
            unheard: self.unheard,
        }
    }

    /// Makes all frames that end within this time since the start.
    fn make(&mut self, until: Duration, out: &mut impl FnMut(&[u8])) {
        let whole = until.as_nanos() / FRAME.as_nanos();
        let whole = u64::try_from(whole).unwrap_or(u64::MAX);
        let mut room = [0; 2 * SAMPLES];
        let mut packet = [0; LONGEST];
        while self.frames < whole {
            let ends = self.start + FRAME * u32::try_from(self.frames + 1).unwrap_or(u32::MAX);
            let frame = self.frame(ends, &mut room);
            self.frames += 1;
            // nothing is made of a frame that cannot be encoded, and none is known
            let made = self.encoder.encode(frame, &mut packet).unwrap_or(0);
            if let Some(made) = packet.get(..made).filter(|made| !made.is_empty()) {
                out(made);
            }
        }
    }

    /// The sound of the frame that ends at a moment, as the layout has it.
    fn frame<'a>(&mut self, ends: Instant, room: &'a mut [i16; 2 * SAMPLES]) -> &'a [i16] {
        let Recorder { left, right, .. } = self;
        match self.layout {
            Layout::Apart => {
                for (channel, voice) in [left, right].into_iter().enumerate() {
                    voice.lay_until(ends);
                    voice.take(room.iter_mut().skip(channel).step_by(2));
                }
                room
            }
            Layout::Mixed => {
                let (mix, other) = room.split_at_mut(SAMPLES);
                for (voice, places) in [(left, &mut *mix), (right, &mut *other)] {
                    voice.lay_until(ends);
                    voice.take(places.iter_mut());
                }
                for (sample, other) in mix.iter_mut().zip(other) {
                    *sample = sample.saturating_add(*other);
                }
                mix
            }
            Layout::Alone(side) => {
                let voice = match side {
                    Side::Left => left,
                    Side::Right => right,
                };
                let (alone, _) = room.split_at_mut(SAMPLES);
                voice.lay_until(ends);
                voice.take(alone.iter_mut());
                alone
            }
        }
    }
}
