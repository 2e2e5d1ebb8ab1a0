//! Tests of `resample`.

#![allow(clippy::cast_possible_truncation)]

use std::f64::consts::TAU;

use super::*;

const LEVEL: f64 = 10000.0;

fn tone(rate: Rate, hertz: f64, count: usize) -> Vec<i16> {
    let step = TAU * hertz / f64::from(rate.hertz());
    (0..count)
        .map(|n| ((n as f64 * step).sin() * LEVEL).round() as i16)
        .collect()
}

/// A quarter of a second of a tone after it went through, the beginning left out.
fn through(from: Rate, to: Rate, hertz: f64) -> Vec<i16> {
    let input = tone(from, hertz, 300 * from.per_ms());
    let mut output = vec![0; 300 * to.per_ms()];
    let written = Resampler::new(from, to).resample(&input, &mut output);
    assert_eq!(written, output.len());
    output.split_off(50 * to.per_ms())
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-9).log10()
}

/// The amplitude of a frequency in the sound and that of a sine as strong as all the rest, in dB
/// against the level sent.
fn taken_apart(rate: Rate, hertz: f64, sound: &[i16]) -> (f64, f64) {
    let step = TAU * hertz / f64::from(rate.hertz());
    let (mut ss, mut cc, mut sc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, sample) in sound.iter().enumerate() {
        let (s, c) = (n as f64 * step).sin_cos();
        let x = f64::from(*sample);
        ss += s * s;
        cc += c * c;
        sc += s * c;
        xs += x * s;
        xc += x * c;
    }
    let determinant = ss * cc - sc * sc;
    let of_sine = (xs * cc - xc * sc) / determinant;
    let of_cosine = (xc * ss - xs * sc) / determinant;
    let rest: f64 = sound
        .iter()
        .enumerate()
        .map(|(n, sample)| {
            let (s, c) = (n as f64 * step).sin_cos();
            (f64::from(*sample) - of_sine * s - of_cosine * c).powi(2)
        })
        .sum();
    let rest = (2.0 * rest / sound.len() as f64).sqrt();
    let amplitude = of_sine.hypot(of_cosine);
    (decibels(amplitude / LEVEL), decibels(rest / LEVEL))
}

/// The amplitude of a sine as strong as this, in dB against the level sent.
fn strength(sound: &[i16]) -> f64 {
    let sum: f64 = sound.iter().map(|s| f64::from(*s).powi(2)).sum();
    decibels((2.0 * sum / sound.len() as f64).sqrt() / LEVEL)
}

/// Every pair of different rates, and the highest frequency that must pass.
const PAIRS: [(Rate, Rate, f64); 6] = [
    (Rate::Narrow, Rate::Wide, 3400.0),
    (Rate::Wide, Rate::Narrow, 3400.0),
    (Rate::Narrow, Rate::Full, 3400.0),
    (Rate::Full, Rate::Narrow, 3400.0),
    (Rate::Wide, Rate::Full, 7000.0),
    (Rate::Full, Rate::Wide, 7000.0),
];

fn sweep(from: f64, to: f64, step: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(from), move |hertz| Some(hertz + step))
        .take_while(move |hertz| *hertz <= to)
}

#[test]
fn what_both_rates_can_hold_passes_flat_and_without_mirrors() {
    for (from, to, highest) in PAIRS {
        for hertz in sweep(100.0, highest, 100.0) {
            let sound = through(from, to, hertz);
            let (gain, rest) = taken_apart(to, hertz, &sound);
            assert!(gain.abs() < 0.5, "{from:?} {to:?} {hertz} Hz: {gain} dB");
            assert!(
                rest < -60.0,
                "{from:?} {to:?} {hertz} Hz: {rest} dB beside it"
            );
        }
    }
}

#[test]
fn what_the_lower_rate_cannot_hold_is_taken_away() {
    for (from, to, lowest) in [
        (Rate::Wide, Rate::Narrow, 4600.0),
        (Rate::Full, Rate::Narrow, 4600.0),
        (Rate::Full, Rate::Wide, 9000.0),
    ] {
        for hertz in sweep(lowest, f64::from(from.hertz() / 2) - 50.0, 130.0) {
            let sound = through(from, to, hertz);
            let left = strength(&sound);
            assert!(left < -60.0, "{from:?} {to:?} {hertz} Hz leaves {left} dB");
        }
    }
}

#[test]
fn a_stream_in_frames_of_any_length_is_the_same_stream() {
    for (from, to, _) in PAIRS {
        let input = tone(from, 700.0, 960);
        let mut whole = vec![0; 960 * 6];
        let written = Resampler::new(from, to).resample(&input, &mut whole);
        whole.truncate(written);
        let mut resampler = Resampler::new(from, to);
        let mut pieces = Vec::new();
        for piece in input.chunks(7) {
            let mut output = [0; 42];
            let written = resampler.resample(piece, &mut output);
            pieces.extend_from_slice(&output[..written]);
        }
        assert_eq!(pieces, whole, "{from:?} {to:?}");
    }
}

#[test]
fn the_delay_is_as_told() {
    for (from, to, _) in PAIRS {
        let mut input = vec![0; 480];
        // a step wide enough for every rate
        input[120..].fill(10000);
        let mut resampler = Resampler::new(from, to);
        let mut output = vec![0; 480 * 6];
        let written = resampler.resample(&input, &mut output);
        let half = output[..written]
            .iter()
            .position(|s| *s >= 5000)
            .unwrap_or(0);
        let at = 120 * to.per_ms() / from.per_ms();
        let is = half.abs_diff(at + resampler.delay());
        // the step lies between two samples of the lower rate
        let between = (to.per_ms() / from.per_ms()).max(1);
        assert!(is <= between, "{from:?} {to:?}: {half}");
    }
}

#[test]
fn the_loudest_sound_is_limited_and_does_not_wrap() {
    for (from, to, _) in PAIRS {
        let square: Vec<i16> = (0..960)
            .map(|n| if n / 40 % 2 == 0 { i16::MAX } else { i16::MIN })
            .collect();
        let mut output = vec![0; 960 * 6];
        let written = Resampler::new(from, to).resample(&square, &mut output);
        let after = &output[written / 2..written];
        assert!(after.iter().any(|s| *s > 30000) && after.iter().any(|s| *s < -30000));
        let ratio = 480 * to.per_ms() / from.per_ms();
        assert_eq!(written, 2 * ratio);
        // the sign changes once in every half-wave and nowhere else
        let changes = after
            .windows(2)
            .filter(|p| (p[0] < 0) != (p[1] < 0))
            .count();
        assert!((11..=13).contains(&changes), "{from:?} {to:?}: {changes}");
    }
}

#[test]
fn the_same_rate_is_left_alone_and_a_short_buffer_takes_what_fits() {
    let input = tone(Rate::Wide, 300.0, 100);
    let mut output = vec![0; 100];
    let mut same = Resampler::new(Rate::Wide, Rate::Wide);
    assert_eq!(same.resample(&input, &mut output), 100);
    assert_eq!((&output, same.delay()), (&input, 0));
    let mut up = Resampler::new(Rate::Narrow, Rate::Full);
    assert_eq!(up.resample(&input, &mut output), 100);
    assert_eq!((up.from(), up.to()), (Rate::Narrow, Rate::Full));
}

#[test]
fn a_resampler_that_goes_on_as_another_leaves_no_seam() {
    for (from, to, _) in PAIRS {
        let sound = tone(from, 300.0, 100 * from.per_ms());
        let (first, rest) = sound.split_at(37 * from.per_ms() + 1);
        let mut one = Resampler::new(from, to);
        let mut output = vec![0; 480 * 20];
        one.resample(first, &mut output);
        for mut other in [Resampler::new(from, to), Resampler::new(to, from)] {
            other.go_on_as(&one);
            assert_eq!((other.from(), other.to()), (from, to));
            let (mut by_one, mut by_other) = (vec![0; 480 * 20], vec![0; 480 * 20]);
            let written = one.clone().resample(rest, &mut by_one);
            assert_eq!(other.resample(rest, &mut by_other), written);
            assert_eq!(by_one, by_other, "{from:?} {to:?}");
        }
    }
}
