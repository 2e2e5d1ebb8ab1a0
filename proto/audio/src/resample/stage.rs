//! One step up or down by two or three, sample by sample.

use super::taps::{HALVES, PHASE, THIRDS};
use crate::saturated;

/// By what a stage changes the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Factor {
    Two,
    Three,
}

impl Factor {
    fn phases(self) -> &'static [[i32; PHASE]] {
        match self {
            Self::Two => &HALVES,
            Self::Three => &THIRDS,
        }
    }
}

/// The latest samples of one phase, kept twice over so that they always lie in a row.
#[derive(Clone, Debug)]
struct Line {
    samples: [i32; 2 * PHASE],
    at: usize,
}

impl Line {
    const EMPTY: Self = Self {
        samples: [0; 2 * PHASE],
        at: 0,
    };

    fn push(&mut self, sample: i16) {
        // newest first: the window moves down and a new sample becomes its head
        self.at = (self.at + PHASE - 1) % PHASE;
        for place in [self.at, self.at + PHASE] {
            if let Some(place) = self.samples.get_mut(place) {
                *place = sample.into();
            }
        }
    }

    fn filtered(&self, taps: &[i32; PHASE]) -> i32 {
        let window = self.samples.get(self.at..).unwrap_or_default();
        taps.iter()
            .zip(window)
            .map(|(tap, sample)| tap * sample)
            .sum()
    }
}

/// From one sample to two or three.
#[derive(Clone, Debug)]
pub(super) struct Up {
    factor: Factor,
    line: Line,
}

impl Up {
    pub(super) fn new(factor: Factor) -> Self {
        Self {
            factor,
            line: Line::EMPTY,
        }
    }

    /// Samples of the higher rate to the middle of the filter: tap 31 of 64 or 47 of 96.
    pub(super) fn delay(&self) -> usize {
        16 * self.factor.phases().len() - 1
    }

    /// Gives every sample that this one becomes, in order.
    pub(super) fn push(&mut self, sample: i16, mut give: impl FnMut(i16)) {
        self.line.push(sample);
        let phases = self.factor.phases();
        // between the samples are noughts, which take their share of the level away
        let gain = i64::try_from(phases.len()).unwrap_or(1);
        for taps in phases {
            let sum = gain * i64::from(self.line.filtered(taps));
            give(saturated(i32::try_from((sum + 16384) >> 15).unwrap_or(0)));
        }
    }
}

/// From two or three samples to one.
#[derive(Clone, Debug)]
pub(super) struct Down {
    factor: Factor,
    lines: [Line; 3],
    /// Samples of the present group that came.
    came: usize,
}

impl Down {
    pub(super) fn new(factor: Factor) -> Self {
        Self {
            factor,
            lines: [Line::EMPTY; 3],
            came: 0,
        }
    }

    /// Samples of the lower rate to the middle of the filter: the same for both factors.
    #[allow(clippy::unused_self, reason = "a stage is asked, as one going up is")]
    pub(super) fn delay(&self) -> usize {
        15
    }

    /// Takes a sample; with the last one of each group, gives what they become.
    pub(super) fn push(&mut self, sample: i16) -> Option<i16> {
        let phases = self.factor.phases();
        // the last one of a group meets the first tap
        self.came += 1;
        let line = self.lines.get_mut(phases.len() - self.came)?;
        line.push(sample);
        if self.came < phases.len() {
            return None;
        }
        self.came = 0;
        let lines = phases.iter().zip(&self.lines);
        let sum: i32 = lines.map(|(taps, line)| line.filtered(taps)).sum();
        Some(saturated((sum + 16384) >> 15))
    }
}
