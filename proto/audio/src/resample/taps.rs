//! The low-pass filters, each as as many phases as the rates differ by.
//!
//! All taps are in 1/32768 and add up to one. A phase holds every second (or third) tap, so that
//! the higher rate is never filtered where its samples are noughts or are thrown away.

/// Taps of one phase.
pub(super) const PHASE: usize = 32;

/// Half-band: taps at the odd distances 1, 3 … 31 from the middle; the middle one is a half and
/// the even ones vanish. Flat to 3.5 kHz at 16 kHz, 60 dB down from 4.5 kHz.
pub(super) const HALF_BAND: [i32; 16] = [
    10404, -3394, 1951, -1305, 930, -680, 502, -369, 268, -191, 132, -88, 56, -34, 18, -8,
];

/// Third-band: taps at the distances 0 to 47 from the middle, a windowed sinc (Kaiser's window of
/// 6.2) that falls to a half at 7.85 kHz. Flat to 7 kHz at 48 kHz, 65 dB down from 9 kHz.
const THIRD_BAND: [i32; 48] = [
    10717, 8917, 4592, 202, -2105, -1840, -195, 1104, 1120, 183, -689, -772, -168, 458, 558, 150,
    -311, -411, -130, 212, 302, 110, -142, -220, -90, 93, 157, 70, -59, -109, -53, 36, 73, 38, -20,
    -46, -26, 11, 28, 16, -5, -15, -9, 2, 7, 4, -1, -3,
];

/// The phases of the half-band filter.
pub(super) static HALVES: [[i32; PHASE]; 2] = halves();

/// The phases of the third-band filter.
pub(super) static THIRDS: [[i32; PHASE]; 3] = thirds();

const fn halves() -> [[i32; PHASE]; 2] {
    let mut phases = [[0; PHASE]; 2];
    // tap n of 64 lies in phase n % 2; the middle is tap 31
    phases[1][15] = 16384;
    let mut pair = 0;
    while pair < HALF_BAND.len() {
        phases[0][15 - pair] = HALF_BAND[pair];
        phases[0][16 + pair] = HALF_BAND[pair];
        pair += 1;
    }
    phases
}

const fn thirds() -> [[i32; PHASE]; 3] {
    let mut phases = [[0; PHASE]; 3];
    // tap n of 96 lies in phase n % 3; the middle is tap 47 and the last is nought
    let mut distance = 0;
    while distance < THIRD_BAND.len() {
        let (before, behind) = (47 - distance, 47 + distance);
        phases[before % 3][before / 3] = THIRD_BAND[distance];
        phases[behind % 3][behind / 3] = THIRD_BAND[distance];
        distance += 1;
    }
    phases
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No sum of a phase, or of all phases of a filter, passes 32 bits for any samples.
    #[test]
    fn no_sound_makes_a_sum_too_large() {
        for phases in [&HALVES[..], &THIRDS[..]] {
            let amounts = phases.as_flattened().iter().map(|tap| i64::from(tap.abs()));
            assert!(amounts.sum::<i64>() * 32768 + 32768 < i64::from(i32::MAX));
        }
    }

    #[test]
    fn every_phase_passes_a_steady_value_alike() {
        for phases in [&HALVES[..], &THIRDS[..]] {
            let share = 32768 / i32::try_from(phases.len()).unwrap_or(1);
            for phase in phases {
                assert!((phase.iter().sum::<i32>() - share).abs() <= 1);
            }
        }
    }
}
