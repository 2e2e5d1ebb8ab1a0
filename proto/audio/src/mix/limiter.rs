//! The limiter: too loud a sum is made quieter, softly, and never clipped.

use crate::saturated;

/// Up to here, either way, samples pass unchanged.
pub(super) const KNEE: i32 = 26_000;

/// What is left between the knee and the edge.
const SPAN: i32 = 32_767 - KNEE;

/// The gain that changes nothing.
const ONE: i32 = 1 << 15;

/// How far the gain rises in a frame when it may: back from a half in 16 frames.
const RISE: i32 = ONE / 32;

/// The gain of one sum, led from frame to frame. It falls within a quarter of a frame; what passes
/// the knee meanwhile is bent towards the edge, which it does not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limiter {
    gain: i32,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self { gain: ONE }
    }

    /// Limits a frame of sums into samples.
    pub(super) fn limit(&mut self, sums: &[i32], samples: &mut [i16]) {
        let peak = sums.iter().map(|sum| sum.unsigned_abs()).max().unwrap_or(0);
        let before = self.gain;
        self.gain = fitting(peak).min(before + RISE);
        if before == ONE && self.gain == ONE {
            for (sample, sum) in samples.iter_mut().zip(sums) {
                *sample = saturated(*sum);
            }
            return;
        }
        let length = i64::try_from(sums.len()).unwrap_or(1).max(1);
        // down fast, up over the whole frame
        let ramp = if self.gain < before {
            (length / 4).max(1)
        } else {
            length
        };
        let way = i64::from(self.gain - before);
        for ((sample, sum), at) in samples.iter_mut().zip(sums).zip(1..) {
            let gain = i64::from(before) + way * ramp.min(at) / ramp;
            let value = (i64::from(*sum) * gain) >> 15;
            *sample = bent(i32::try_from(value).unwrap_or(0));
        }
    }
}

/// The gain that brings this peak to the knee, at most one.
fn fitting(peak: u32) -> i32 {
    let whole = i64::from(KNEE) * i64::from(ONE);
    let gain = whole.checked_div(peak.into()).unwrap_or(whole);
    i32::try_from(gain).unwrap_or(ONE).min(ONE)
}

/// Beyond the knee ever flatter, with no corner at it; always below the edge.
fn bent(value: i32) -> i16 {
    let amount = value.saturating_abs();
    let Some(over) = amount.checked_sub(KNEE).filter(|over| *over > 0) else {
        return saturated(value);
    };
    let over = i64::from(over);
    let bent = i64::from(SPAN) * over / (i64::from(SPAN) + over);
    let amount = KNEE + i32::try_from(bent).unwrap_or(0);
    saturated(if value < 0 { -amount } else { amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(level: i32) -> Vec<i32> {
        let step = std::f64::consts::TAU / 40.0;
        (0..160)
            .map(|n| {
                #[allow(clippy::cast_possible_truncation)]
                let value = ((f64::from(n) * step).sin() * f64::from(level)) as i32;
                value
            })
            .collect()
    }

    #[test]
    fn what_is_below_the_knee_passes_unchanged() {
        let mut limiter = Limiter::new();
        let mut samples = [0; 160];
        let sums = sine(KNEE);
        limiter.limit(&sums, &mut samples);
        assert!(samples.iter().zip(&sums).all(|(a, b)| i32::from(*a) == *b));
    }

    #[test]
    fn however_loud_the_sum_no_sample_reaches_the_edge() {
        for level in [30_000, 100_000, 1_000_000, 100_000_000] {
            let mut limiter = Limiter::new();
            for _ in 0..5 {
                let mut samples = [0; 160];
                limiter.limit(&sine(level), &mut samples);
                assert!(samples.iter().all(|s| s.unsigned_abs() < 32_767), "{level}");
            }
        }
    }

    #[test]
    fn after_a_frame_a_loud_sum_is_only_quieter_and_keeps_its_shape() {
        let mut limiter = Limiter::new();
        let mut samples = [0; 160];
        for _ in 0..3 {
            limiter.limit(&sine(78_000), &mut samples);
        }
        for (is, should) in samples.iter().zip(sine(KNEE)) {
            assert!((i32::from(*is) - should).abs() < 40, "{is} {should}");
        }
    }

    #[test]
    fn the_gain_comes_back_slowly_and_wholly() {
        let mut limiter = Limiter::new();
        let mut samples = [0; 160];
        limiter.limit(&sine(52_000), &mut samples);
        let mut peaks = Vec::new();
        for _ in 0..20 {
            limiter.limit(&sine(10_000), &mut samples);
            peaks.push(samples.iter().copied().max().unwrap_or(0));
        }
        assert!(peaks.is_sorted());
        assert!(peaks[0] < 6_000 && peaks[19] == 10_000, "{peaks:?}");
    }

    #[test]
    fn beyond_the_knee_louder_stays_louder_without_a_corner() {
        let mut before = bent(KNEE - 1);
        for value in KNEE..200_000 {
            let now = bent(value);
            assert!((0..=1).contains(&(now - before)), "{value}");
            assert_eq!(bent(-value), -now);
            before = now;
        }
        assert_eq!(bent(i32::MIN), -bent(i32::MAX));
    }
}
