//! Sound in time: samples lie where they would be heard, and are taken from the oldest on.

use std::collections::VecDeque;

/// Samples that lie ahead of what was taken at most: ten seconds. So long may nobody take.
const AHEAD_MAX: usize = 10 * 16_000;

/// The sound of one side that was made and not taken.
#[derive(Debug, Default)]
pub(super) struct Line {
    samples: VecDeque<i16>,
    /// Where the first of them lies, in samples since the start.
    begin: u64,
}

impl Line {
    /// Lays samples at a place; what lies before what was taken, or too far ahead, is left out.
    pub(super) fn lay(&mut self, place: u64, samples: &[i16]) {
        let late = usize::try_from(self.begin.saturating_sub(place)).unwrap_or(usize::MAX);
        let offset = usize::try_from(place.saturating_sub(self.begin)).unwrap_or(usize::MAX);
        let samples = samples.get(late..).unwrap_or_default();
        if samples.is_empty() || offset >= AHEAD_MAX {
            return;
        }
        let end = offset.saturating_add(samples.len()).min(AHEAD_MAX);
        if self.samples.len() < end {
            self.samples.resize(end, 0);
        }
        let places = self.samples.iter_mut().skip(offset);
        for (to, from) in places.zip(samples) {
            *to = *from;
        }
    }

    /// Takes the oldest samples; silence where none lie.
    pub(super) fn take<'a>(&mut self, places: impl Iterator<Item = &'a mut i16>) {
        for place in places {
            *place = self.samples.pop_front().unwrap_or(0);
            self.begin += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(line: &mut Line, count: usize) -> Vec<i16> {
        let mut samples = vec![9; count];
        line.take(samples.iter_mut());
        samples
    }

    #[test]
    fn samples_are_taken_where_they_were_laid_with_silence_between() {
        let mut line = Line::default();
        line.lay(2, &[1, 2]);
        line.lay(5, &[3]);
        assert_eq!(taken(&mut line, 8), [0, 0, 1, 2, 0, 3, 0, 0]);
        line.lay(9, &[4]);
        assert_eq!(taken(&mut line, 3), [0, 4, 0]);
    }

    #[test]
    fn what_comes_too_late_or_far_too_early_is_left_out() {
        let mut line = Line::default();
        taken(&mut line, 3);
        line.lay(1, &[1, 2, 3]);
        assert_eq!(taken(&mut line, 2), [3, 0]);
        line.lay(u64::MAX, &[5]);
        line.lay(5 + 10 * 16_000, &[6, 7]);
        assert_eq!(line.samples.len(), 0);
    }
}
