//! The two sub-bands: quantisers, their scale factors, and the predictor both share.

use super::tables::{
    HIGH_STEPS, HIGH_VALUES, LINEAR, LOW_LEVELS, LOW_STEPS, LOW_VALUES_4, LOW_VALUES_6,
};

/// Limits to 16 bits, as every addition of the recommendation does.
fn limit(value: i32) -> i32 {
    value.clamp(-32768, 32767)
}

/// The lower band, 0 to 4 kHz, six bits a sample.
#[derive(Clone, Debug)]
pub(super) struct Lower {
    scale: Scale,
    predictor: Predictor,
}

impl Default for Lower {
    fn default() -> Self {
        Self {
            scale: Scale {
                logarithm: 0,
                step: 32,
            },
            predictor: Predictor::default(),
        }
    }
}

impl Lower {
    pub(super) fn encode(&mut self, sample: i32) -> u8 {
        let difference = limit(sample - self.predictor.expected);
        let step = self.scale.step;
        let amount = if difference < 0 {
            !difference
        } else {
            difference
        };
        let above = LOW_LEVELS
            .iter()
            .take_while(|level| amount >= (**level * step) >> 12)
            .count();
        let rank = u8::try_from(above).unwrap_or(0);
        // codes fall with the amount; the two smallest negative ones stand apart (MIL)
        let code = match (difference < 0, rank) {
            (true, 0) => 63,
            (true, 1) => 62,
            (true, rank) => 33 - rank,
            (false, rank) => 61 - rank,
        };
        self.adapt(code);
        code
    }

    pub(super) fn decode(&mut self, code: u8) -> i32 {
        let difference = (self.scale.step * LOW_VALUES_6[usize::from(code & 63)]) >> 15;
        let sample = limit(self.predictor.expected + difference).clamp(-16384, 16383);
        self.adapt(code);
        sample
    }

    /// What encoder and decoder do alike: blocks 2L to 4L, of the code's four upper bits.
    fn adapt(&mut self, code: u8) {
        let code = usize::from(code >> 2 & 15);
        let difference = (self.scale.step * LOW_VALUES_4[code]) >> 15;
        self.scale.adapt(LOW_STEPS[code], 18432, 8);
        self.predictor.adapt(difference);
    }
}

/// The higher band, 4 to 8 kHz, two bits a sample.
#[derive(Clone, Debug)]
pub(super) struct Higher {
    scale: Scale,
    predictor: Predictor,
}

impl Default for Higher {
    fn default() -> Self {
        Self {
            scale: Scale {
                logarithm: 0,
                step: 8,
            },
            predictor: Predictor::default(),
        }
    }
}

impl Higher {
    pub(super) fn encode(&mut self, sample: i32) -> u8 {
        let difference = limit(sample - self.predictor.expected);
        let amount = if difference < 0 {
            !difference
        } else {
            difference
        };
        let large = amount >= (564 * self.scale.step) >> 12;
        let code = match (difference < 0, large) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        self.adapt(code);
        code
    }

    pub(super) fn decode(&mut self, code: u8) -> i32 {
        let difference = (self.scale.step * HIGH_VALUES[usize::from(code & 3)]) >> 15;
        let sample = limit(self.predictor.expected + difference).clamp(-16384, 16383);
        self.adapt(code);
        sample
    }

    fn adapt(&mut self, code: u8) {
        let code = usize::from(code & 3);
        let difference = (self.scale.step * HIGH_VALUES[code]) >> 15;
        self.scale.adapt(HIGH_STEPS[code], 22528, 10);
        self.predictor.adapt(difference);
    }
}

/// A quantiser's scale factor (LOGSCL, SCALEL and their like).
#[derive(Clone, Debug)]
struct Scale {
    /// In steps of 1/2048 of an octave.
    logarithm: i32,
    /// Linear.
    step: i32,
}

impl Scale {
    /// Leaks and moves by `change`; `octaves` is the top of the linear range.
    fn adapt(&mut self, change: i32, highest: i32, octaves: i32) {
        self.logarithm = (((self.logarithm * 127) >> 7) + change).clamp(0, highest);
        let fraction = usize::try_from((self.logarithm >> 6) & 31).unwrap_or(0);
        let down = octaves - (self.logarithm >> 11);
        let linear = if down < 0 {
            LINEAR[fraction] << -down
        } else {
            LINEAR[fraction] >> down
        };
        self.step = linear << 2;
    }
}

/// Two poles and six zeros, adapted by signs (block 4).
#[derive(Clone, Debug, Default)]
struct Predictor {
    /// What the next sample should be (S).
    expected: i32,
    /// The zeros' part of it (SZ).
    of_zeros: i32,
    /// Coefficients of the poles (A).
    poles: [i32; 2],
    /// Coefficients of the zeros (B).
    zeros: [i32; 6],
    /// Reconstructed samples, newest first (R).
    samples: [i32; 2],
    /// Partly reconstructed samples, newest first (P).
    partial: [i32; 2],
    /// Quantised differences, newest first (D).
    differences: [i32; 6],
}

impl Predictor {
    fn adapt(&mut self, difference: i32) {
        let sample = limit(self.expected + difference);
        let partial = limit(self.of_zeros + difference);
        self.adapt_poles(partial);
        self.adapt_zeros(difference);
        self.partial = [partial, self.partial[0]];
        self.samples = [sample, self.samples[0]];
        self.differences.rotate_right(1);
        self.differences[0] = difference;
        self.predict();
    }

    /// UPPOL2, UPPOL1.
    fn adapt_poles(&mut self, partial: i32) {
        let [first, second] = self.poles;
        let same = |other: i32| (partial < 0) == (other < 0);
        let turned = limit(first << 2);
        let turned = if same(self.partial[0]) {
            limit(-turned)
        } else {
            turned
        };
        let nudge = if same(self.partial[1]) { 128 } else { -128 };
        let new_second = (nudge + (turned >> 7) + ((second * 32512) >> 15)).clamp(-12288, 12288);
        let nudge = if same(self.partial[0]) { 192 } else { -192 };
        let bound = limit(15360 - new_second);
        let new_first = limit(nudge + ((first * 32640) >> 15)).clamp(-bound, bound);
        self.poles = [new_first, new_second];
    }

    /// UPZERO.
    fn adapt_zeros(&mut self, difference: i32) {
        let nudge = if difference == 0 { 0 } else { 128 };
        for (zero, old) in self.zeros.iter_mut().zip(self.differences) {
            let same = (difference < 0) == (old < 0);
            let nudge = if same { nudge } else { -nudge };
            *zero = limit(nudge + ((*zero * 32640) >> 15));
        }
    }

    /// FILTEP, FILTEZ, PREDIC.
    fn predict(&mut self) {
        let part = |coefficient: i32, value: i32| (coefficient * limit(value + value)) >> 15;
        let [first, second] = self.poles;
        let of_poles = limit(part(first, self.samples[0]) + part(second, self.samples[1]));
        let zeros = self.zeros.iter().zip(self.differences);
        self.of_zeros = limit(zeros.map(|(zero, value)| part(*zero, value)).sum());
        self.expected = limit(of_poles + self.of_zeros);
    }
}
