//! Finds key presses in a stream of sound.

use super::Heard;
use super::block::Block;
use super::press::Present;
use crate::spectrum::{BLOCK, HOP};
use crate::{Rate, Resampler};

/// Samples at 8 kHz that are looked at in one go.
const PIECE: usize = 160;

/// Finds key presses in one stream. It hears at 8 kHz, brings other rates to that, and allocates
/// when it is made and never again.
///
/// Accepted are presses of 40 ms and more with frequencies within 1.5 %, levels of each tone of 0
/// to -30 dBm0, and the high tone from 8 dB below the low one to 4 dB above it; refused are those
/// shorter than 23 ms or more than 3.5 % away (ITU-T Q.24). A break of 10 ms is no end of a press,
/// a pause of 40 ms is one.
#[derive(Clone, Debug)]
pub struct Detector {
    resampler: Resampler,
    /// The latest samples, at 8 kHz.
    samples: [i16; BLOCK],
    /// How many of them there are.
    came: usize,
    before: Block,
    present: Present,
}

impl Detector {
    /// At the beginning of a stream of this rate, behind silence.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            resampler: Resampler::new(rate, Rate::Narrow),
            samples: [0; BLOCK],
            came: BLOCK - HOP,
            before: Block::default(),
            present: Present::default(),
        }
    }

    /// Takes the next samples, of which there may be any number; tells what is heard in them, in
    /// order. A press is told of as begun some 40 ms after it began and as ended some 40 ms after
    /// it ended.
    pub fn hear(&mut self, samples: &[i16], mut tell: impl FnMut(Heard)) {
        let ratio = self.resampler.from().per_ms() / Rate::Narrow.per_ms();
        for piece in samples.chunks(PIECE * ratio) {
            // one more, for what a group of samples had left
            let mut narrow = [0; PIECE + 1];
            let written = self.resampler.resample(piece, &mut narrow);
            self.take(narrow.get(..written).unwrap_or_default(), &mut tell);
        }
    }

    /// Ends the stream, and with it the press that is not over.
    pub fn end(&mut self, mut tell: impl FnMut(Heard)) {
        self.present.end(&mut tell);
        *self = Self::new(self.resampler.from());
    }

    /// The key that is pressed.
    #[must_use]
    pub fn key(&self) -> Option<char> {
        self.present.key()
    }

    /// Takes samples at 8 kHz, block by block.
    fn take(&mut self, samples: &[i16], tell: &mut impl FnMut(Heard)) {
        let mut rest = samples;
        while !rest.is_empty() {
            let free = self.samples.get_mut(self.came..).unwrap_or_default();
            let (now, later) = rest.split_at(free.len().min(rest.len()));
            for (place, sample) in free.iter_mut().zip(now) {
                *place = *sample;
            }
            self.came += now.len();
            rest = later;
            if self.came == BLOCK {
                self.judge(tell);
                self.samples.copy_within(HOP.., 0);
                self.came = BLOCK - HOP;
            }
        }
    }

    fn judge(&mut self, tell: &mut impl FnMut(Heard)) {
        let block = Block::of(&self.samples);
        let pair = block.key(&self.before, &self.samples);
        self.before = block;
        self.present.next(pair, tell);
    }
}
