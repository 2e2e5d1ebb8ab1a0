//! The sound of a key.

use super::{amplitude, frequencies_of};
use crate::{Rate, saturated, synth};

/// Milliseconds in which a tone rises and falls. With so many nothing clicks; ITU-T Q.24 has tones
/// reach their level within 5.
const EDGE_MS: usize = 2;

/// How loud the two tones of a key are, in dBm0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Levels {
    /// The tone of the row, 3 at most.
    pub low: i8,
    /// The tone of the column, 3 at most.
    pub high: i8,
}

impl Default for Levels {
    /// -11 and -9: the high one, of which lines take more, is sent 2 dB louder.
    fn default() -> Self {
        Self { low: -11, high: -9 }
    }
}

/// A sine that goes on.
#[derive(Clone, Copy, Debug)]
struct Wave {
    phase: u32,
    step: u32,
    amplitude: i32,
}

impl Wave {
    fn new(hertz: u32, rate: Rate, dbm0: i8) -> Self {
        let step = (u64::from(hertz) << 32) / u64::from(rate.hertz());
        Self {
            phase: 0,
            step: u32::try_from(step).unwrap_or(0),
            amplitude: amplitude(dbm0).into(),
        }
    }

    fn next(&mut self) -> i32 {
        let value = synth::sine(self.phase);
        self.phase = self.phase.wrapping_add(self.step);
        (value * self.amplitude) >> 15
    }
}

/// The sound of one key press, from its first sample to its last.
#[derive(Clone, Debug)]
pub struct Tone {
    low: Wave,
    high: Wave,
    /// Samples of an edge.
    edge: usize,
    at: usize,
    length: usize,
}

impl Tone {
    /// A key of so many milliseconds, edges included; `None` when there is no such key. Lower-case
    /// letters count as upper-case.
    #[must_use]
    pub fn new(key: char, lasts_ms: u32, levels: Levels, rate: Rate) -> Option<Self> {
        let (low, high) = frequencies_of(key)?;
        let lasts_ms = usize::try_from(lasts_ms).unwrap_or(usize::MAX);
        Some(Self {
            low: Wave::new(low, rate, levels.low),
            high: Wave::new(high, rate, levels.high),
            edge: EDGE_MS * rate.per_ms(),
            at: 0,
            length: lasts_ms.saturating_mul(rate.per_ms()),
        })
    }

    /// Writes the next samples; gives how many, fewer than there is room for at the end and none
    /// behind it.
    pub fn fill(&mut self, samples: &mut [i16]) -> usize {
        let left = self.length.saturating_sub(self.at);
        let count = left.min(samples.len());
        for sample in samples.iter_mut().take(count) {
            let sum = self.low.next() + self.high.next();
            let value = (i64::from(sum) * i64::from(self.rise())) >> 15;
            *sample = saturated(i32::try_from(value).unwrap_or(0));
            self.at += 1;
        }
        count
    }

    /// The level of the present sample, 0 to 32767: half a wave of a sine, squared, at both ends.
    fn rise(&self) -> i32 {
        let to_end = self.length.saturating_sub(self.at + 1);
        let from_edge = self.at.min(to_end);
        if from_edge >= self.edge {
            return 32_767;
        }
        let quarter = u64::try_from(from_edge << 30).unwrap_or(0);
        let edge = u64::try_from(self.edge).unwrap_or(1).max(1);
        let sine = synth::sine(u32::try_from(quarter / edge).unwrap_or(0));
        (sine * sine) >> 15
    }
}

#[cfg(test)]
mod tests;
