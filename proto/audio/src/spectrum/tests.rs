//! Tests of `spectrum`.

#![allow(clippy::cast_possible_truncation)]

use std::f64::consts::TAU;

use super::*;

fn tone(hertz: f64, amplitude: f64, from: usize) -> [i16; BLOCK] {
    let step = TAU * hertz / 8_000.0;
    std::array::from_fn(|n| (((from + n) as f64 * step).sin() * amplitude).round() as i16)
}

#[test]
fn the_window_sums_to_60_and_its_squares_to_45() {
    let weights = WINDOW.iter().map(|weight| f64::from(*weight) / 1024.0);
    let squares: f64 = weights.clone().map(|weight| weight * weight).sum();
    let sum: f64 = weights.sum();
    assert!((sum - 60.0).abs() < 0.02, "{sum}");
    assert!((squares - 45.0).abs() < 0.02, "{squares}");
}

#[test]
fn a_tone_has_thirty_times_its_amplitude_and_gathers_all_the_energy() {
    for hertz in [300, 697, 1633, 3266] {
        let filter = Filter::new(hertz);
        for amplitude in [300.0, 8_000.0, 32_767.0] {
            let block = tone(f64::from(hertz), amplitude, 17);
            let power = filter.of(&block).power() as f64;
            let exact = (30.0_f64 * amplitude).powi(2);
            assert!((power / exact - 1.0).abs() < 0.01, "{hertz} {amplitude}");
            let gathered = (GATHERED * energy(&block)) as f64;
            assert!((power / gathered - 1.0).abs() < 0.01, "{hertz} {amplitude}");
        }
    }
    assert_eq!(energy_of(1000), 22_500_000);
}

#[test]
fn a_tone_133_hz_away_and_more_is_not_heard() {
    let filter = Filter::new(1209);
    for hertz in (300..3_700).filter(|hertz: &i32| hertz.abs_diff(1209) >= 134) {
        let block = tone(f64::from(hertz), 10_000.0, 5);
        let heard = (filter.of(&block).power() as f64).sqrt() / 300_000.0;
        assert!(heard < 0.035, "{hertz}: {heard}");
    }
}

#[test]
fn how_far_beside_it_a_tone_lies_is_told_to_a_hertz() {
    for hertz in [697, 1209, 1633] {
        let filter = Filter::new(hertz);
        for away in (-90..=90).step_by(3) {
            let lies = f64::from(hertz) + f64::from(away);
            let [before, now] = [100, 100 + HOP].map(|from| filter.of(&tone(lies, 5_000.0, from)));
            let told = f64::from(filter.offset(before, now)) / 1000.0;
            assert!(
                (told - f64::from(away)).abs() < 1.0,
                "{hertz} {away}: {told}"
            );
        }
    }
}

#[test]
fn a_tone_beside_the_middle_is_as_strong_as_one_there() {
    for away in -50..=50 {
        let filter = Filter::new(1000);
        let power = filter
            .of(&tone(1000.0 + f64::from(away), 9_000.0, 3))
            .power();
        let whole = centred(power, away * 1000) as f64;
        let exact = 270_000.0_f64.powi(2);
        assert!(
            (whole / exact - 1.0).abs() < 0.05,
            "{away}: {}",
            whole / exact
        );
    }
}

#[test]
fn the_loudest_sound_of_any_shape_passes_no_sum() {
    let filter = Filter::new(941);
    for weights in [&filter.cosine, &filter.sine] {
        let amounts = weights.iter().map(|weight| i64::from(weight.abs()));
        assert!(amounts.sum::<i64>() * 32_768 < i64::from(i32::MAX));
        let worst = weights.map(|weight| if weight < 0 { i16::MIN } else { i16::MAX });
        let power = filter.of(&worst).power();
        assert!(power < 1 << 42);
        // and nothing overflows when it turns
        let term = filter.of(&worst);
        assert!(filter.offset(term, term).abs() <= 100_000);
        assert!(centred(power, 50_000) > power);
    }
    assert!(energy(&[i16::MIN; BLOCK]) <= 45 << 30);
}

#[test]
fn angles_are_right_to_a_quarter_of_a_degree() {
    for degrees in -179..180 {
        let exact = f64::from(degrees).to_radians();
        for length in [1e10, 1e14, 1e17] {
            let (re, im) = ((exact.cos() * length) as i64, (exact.sin() * length) as i64);
            let told = angle(re, im) as f64 * 360.0 / 65_536.0;
            assert!((told - f64::from(degrees)).abs() < 0.3, "{degrees} {told}");
        }
    }
    assert_eq!(angle(0, 0), 0);
}
