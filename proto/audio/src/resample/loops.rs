//! Halving the sampling rate of a whole piece.

use super::taps::HALF_BAND;
use crate::saturated;

/// Distance of the outermost tap.
const REACH: usize = 31;

/// Halves the sampling rate of a whole piece. Beyond its ends the piece is taken to be repeated,
/// so that loops stay seamless; an odd last sample is left out.
#[must_use]
pub fn halve_loop(samples: &[i16]) -> Vec<i16> {
    let (pairs, _) = samples.as_chunks::<2>();
    let samples = pairs.as_flattened();
    let length = samples.len();
    if length == 0 {
        return Vec::new();
    }
    // the loop with as much of its end before it and of its beginning behind it as is looked at
    let before = REACH.div_ceil(length) * length - REACH;
    let turns = samples.iter().cycle().skip(before).take(length + 2 * REACH);
    let wide: Vec<i32> = turns.map(|sample| i32::from(*sample)).collect();
    wide.windows(2 * REACH + 1)
        .step_by(2)
        .take(length / 2)
        .map(filtered)
        .collect()
}

/// The sample in the middle of a window that reaches as far as the taps.
fn filtered(window: &[i32]) -> i16 {
    let (before, rest) = window.split_at(REACH);
    let Some((middle, behind)) = rest.split_first() else {
        return 0;
    };
    let sides = before.iter().rev().step_by(2).zip(behind.iter().step_by(2));
    let sum: i32 = HALF_BAND
        .iter()
        .zip(sides)
        .map(|(tap, (a, b))| tap * (a + b))
        .sum();
    saturated((sum + 16384 * middle + 16384) >> 15)
}

#[cfg(test)]
mod tests;
