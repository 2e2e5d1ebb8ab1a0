//! Concealment of lost frames in the manner of ITU-T G.711 appendix I, at every rate: what is
//! missing is the last pitch period of what was heard, repeated and fading.
//!
//! The period is the lag at which the last 20 ms are most like what was before them. After 10 ms
//! two periods are repeated in turn and after 20 ms three, lest it buzz. After 10 ms the sound
//! begins to fade, and after 60 ms there is none. Unlike the appendix this adds no delay: instead
//! of holding samples back to blend them, the repetition begins displaced to where the sound broke
//! off, and the displacement fades within a quarter of a period.

use crate::{Rate, saturated};

/// Quarters of a millisecond of history: three of the longest periods and a quarter.
const HISTORY_QUARTERS: usize = 195;

/// Milliseconds compared to find the pitch.
const COMPARED_MS: usize = 20;

/// The shortest and the longest period, in milliseconds: 200 and 66 Hz. A higher voice is found by
/// a multiple of its period.
const PERIOD_MS: (usize, usize) = (5, 15);

/// Milliseconds that are repeated unchanged.
const STEADY_MS: usize = 10;

/// Milliseconds within which the sound fades after that.
const FADING_MS: usize = 50;

/// The most milliseconds in which the repetition gives way to sound that comes again.
const RETURN_MS: usize = 10;

/// Conceals the losses of one stream. It allocates when it is made and never again.
#[derive(Clone, Debug)]
pub struct Concealer {
    rate: Rate,
    /// What was heard last, oldest first.
    history: Vec<i16>,
    /// The history as it was when the loss began.
    past: Vec<i16>,
    loss: Option<Loss>,
}

/// A loss that goes on.
#[derive(Clone, Copy, Debug)]
struct Loss {
    /// Samples of one pitch period.
    period: usize,
    /// Samples that are repeated: one to three periods.
    length: usize,
    /// The same for the next repetition.
    next_length: usize,
    /// The place within the repetition.
    position: usize,
    /// Samples made so far.
    made: usize,
    /// What lies between the last sample heard and the one it would follow on in the repetition.
    displacement: i32,
}

impl Concealer {
    /// Nothing heard yet, so that a loss is silence.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let length = HISTORY_QUARTERS * rate.per_ms() / 4;
        Self {
            rate,
            history: vec![0; length],
            past: vec![0; length],
            loss: None,
        }
    }

    /// Takes a frame that came. After a loss its beginning is blended with the end of what was
    /// made up.
    pub fn heard(&mut self, frame: &mut [i16]) {
        if let Some(mut loss) = self.loss.take() {
            let length = self.return_length(&loss).min(frame.len());
            for (sample, weight) in frame.iter_mut().take(length).zip(1..) {
                let made = self.next(&mut loss);
                *sample = blended(made, (*sample).into(), weight, length + 1);
            }
        }
        self.remember(frame);
    }

    /// Makes up a frame that did not come.
    pub fn lost(&mut self, frame: &mut [i16]) {
        let mut loss = self.loss.unwrap_or_else(|| self.begin());
        for sample in frame.iter_mut() {
            *sample = saturated(self.next(&mut loss));
        }
        self.loss = Some(loss);
        self.remember(frame);
    }

    /// Is there nothing left of the sound before the loss?
    #[must_use]
    pub fn is_faded(&self) -> bool {
        self.loss
            .is_some_and(|loss| loss.made >= (STEADY_MS + FADING_MS) * self.rate.per_ms())
    }

    fn remember(&mut self, frame: &[i16]) {
        let length = self.history.len();
        let kept = frame.len().min(length);
        self.history.copy_within(kept.., 0);
        let newest = frame.iter().skip(frame.len() - kept);
        for (place, sample) in self.history.iter_mut().skip(length - kept).zip(newest) {
            *place = *sample;
        }
    }

    fn begin(&mut self) -> Loss {
        self.past.copy_from_slice(&self.history);
        let period = self.period();
        Loss {
            period,
            length: period,
            next_length: period,
            position: 0,
            made: 0,
            displacement: self.at(1) - self.at(period + 1),
        }
    }

    /// The sample so many places before the end of the past, 1 for the last.
    fn at(&self, back: usize) -> i32 {
        let index = self.past.len().checked_sub(back);
        let sample = index.and_then(|index| self.past.get(index));
        sample.copied().unwrap_or(0).into()
    }

    /// The next sample of the repetition, faded.
    fn next(&self, loss: &mut Loss) -> i32 {
        let overlap = loss.period / 4;
        let mut sample = self.at(loss.length - loss.position);
        // the end of each repetition is led over to what was before the beginning of the next
        let into = (loss.position + overlap).checked_sub(loss.length);
        if let Some(into) = into {
            if into == 0 {
                loss.next_length = self.wanted_length(loss);
            }
            let lead = self.at(loss.next_length + overlap - into);
            sample = blended(sample, lead, into + 1, overlap + 1).into();
        }
        if let Some(left) = overlap.checked_sub(loss.made) {
            sample += part(loss.displacement, left, overlap);
        }
        let sample = self.faded(sample, loss.made);
        loss.made += 1;
        loss.position += 1;
        if loss.position >= loss.length {
            loss.position = 0;
            loss.length = loss.next_length;
        }
        sample
    }

    fn wanted_length(&self, loss: &Loss) -> usize {
        let step = STEADY_MS * self.rate.per_ms();
        loss.period * (loss.made / step + 1).min(3)
    }

    fn faded(&self, sample: i32, made: usize) -> i32 {
        let steady = STEADY_MS * self.rate.per_ms();
        let fading = FADING_MS * self.rate.per_ms();
        let left = fading.saturating_sub(made.saturating_sub(steady));
        part(sample, left, fading)
    }

    /// A quarter of a period and 4 ms for every 10 ms that were lost.
    fn return_length(&self, loss: &Loss) -> usize {
        let length = loss.period / 4 + loss.made * 4 / 10;
        length.min(RETURN_MS * self.rate.per_ms())
    }

    /// Samples of one pitch period at the end of the past: a coarse search, then a finer one
    /// around what it found.
    fn period(&self) -> usize {
        let per_ms = self.rate.per_ms();
        let (shortest, longest) = (PERIOD_MS.0 * per_ms, PERIOD_MS.1 * per_ms);
        // lags of an eighth of a millisecond, compared by 4,000 samples a second
        let coarse = per_ms / 8;
        let found = self.best_lag((shortest..=longest).step_by(coarse), 2 * coarse);
        let from = shortest.max(found.saturating_sub(coarse) + 1);
        let to = longest.min(found + coarse - 1);
        self.best_lag(from..=to, coarse)
    }

    /// The lag of the highest normalised correlation, looking at every `stride`th sample.
    fn best_lag(&self, lags: impl Iterator<Item = usize>, stride: usize) -> usize {
        let mut best = (PERIOD_MS.1 * self.rate.per_ms(), 0_i128, 1_i128);
        for lag in lags {
            let (product, energy) = self.likeness(lag, stride);
            // as fractions: product squared over energy, its sign kept
            let score = product * product.abs();
            if score * best.2 > best.1 * energy {
                best = (lag, score, energy);
            }
        }
        best.0
    }

    /// The correlation of the end of the past with what was `lag` before it, and the energy of
    /// the latter, above 0.
    fn likeness(&self, lag: usize, stride: usize) -> (i128, i128) {
        let compared = COMPARED_MS * self.rate.per_ms();
        let start = self.past.len().saturating_sub(compared);
        let newer = self.past.iter().skip(start).step_by(stride);
        let older = self.past.iter().skip(start.saturating_sub(lag));
        let (mut product, mut energy) = (0_i64, 1_i64);
        for (newer, older) in newer.zip(older.step_by(stride)) {
            let (newer, older) = (i64::from(*newer), i64::from(*older));
            product += newer * older;
            energy += older * older;
        }
        (product.into(), energy.into())
    }
}

/// From one value to the other, `weight` of `whole` parts of the way.
fn blended(from: i32, to: i32, weight: usize, whole: usize) -> i16 {
    saturated(from + part(to - from, weight, whole))
}

/// So many parts of a value; none of nothing.
fn part(value: i32, parts: usize, whole: usize) -> i32 {
    let wide = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let scaled = i64::from(value) * wide(parts);
    let scaled = scaled.checked_div(wide(whole)).unwrap_or(0);
    i32::try_from(scaled).unwrap_or(0)
}

#[cfg(test)]
mod tests;
