//! Tests of `level`.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::f64::consts::TAU;

use super::*;

fn sine(level: f64, count: usize) -> Vec<i16> {
    (0..count)
        .map(|n| ((TAU * n as f64 / 40.0).sin() * level) as i16)
        .collect()
}

// rfc: 6464 §3 the level is in -dBov, of a full square wave 0 and of silence 127
#[test]
fn the_loudest_sounds_have_the_levels_they_are_defined_to_have() {
    assert_eq!(level(&[i16::MAX, i16::MIN, i16::MAX, i16::MIN]), 0);
    assert_eq!(level(&sine(32767.0, 800)), 3);
    assert_eq!(level(&[0; 160]), SILENCE);
    assert_eq!(level(&[]), SILENCE);
    assert_eq!(level(&[1; 160]), 90);
}

#[test]
fn every_level_is_the_nearest_to_the_exact_one() {
    for power in 1..3000 {
        let square = 2_f64.powf(f64::from(power) / 100.0) as u32;
        let exact = 10.0 * (2_f64.powi(30) / f64::from(square)).log10();
        let is = f64::from(level_of(square));
        assert!((is - exact).abs() <= 0.52, "{square}: {is} {exact}");
    }
    assert_eq!(level_of(1 << 30), 0);
    assert_eq!(level_of(u32::MAX), 0);
}

#[test]
fn half_the_amplitude_is_six_decibels_less() {
    for amplitude in [20000.0, 8000.0, 1000.0] {
        let (whole, half) = (
            level(&sine(amplitude, 800)),
            level(&sine(amplitude / 2.0, 800)),
        );
        assert_eq!(half - whole, 6, "{amplitude}");
    }
}

#[test]
fn a_crest_is_not_clipped_and_a_plateau_is() {
    assert_eq!(clipped(&sine(32767.0, 800)), 0);
    assert_eq!(clipped(&[0, 32767, 32767, 0, -32768, -32768, 0]), 0);
    assert_eq!(clipped(&[32767, 32767, -32768, -32768]), 0);
    assert_eq!(clipped(&[32000, 32000, 32000, 32000]), 0);
    let plateaus = [0, 32124, 32124, 32124, 0, -32768, -32768, -32768, -32768];
    assert_eq!(clipped(&plateaus), 7);
    assert_eq!(clipped(&[]), 0);
}

#[test]
fn words_are_speech_and_the_gaps_between_them_too() {
    let mut activity = Activity::new(10);
    for _ in 0..50 {
        assert!(!activity.hear(70));
    }
    for _ in 0..20 {
        for _ in 0..15 {
            assert!(activity.hear(25));
        }
        for _ in 0..10 {
            assert!(activity.hear(68));
        }
    }
    for _ in 0..100 {
        assert!(!activity.hear(68));
    }
}

#[test]
fn a_steady_noise_becomes_the_floor() {
    let mut activity = Activity::new(10);
    let heard: Vec<bool> = (0..1000).map(|_| activity.hear(45)).collect();
    assert!(heard[0]);
    assert!(!heard[500..].contains(&true));
    assert_eq!(activity.floor(), 45);
    assert!(activity.hear(30));
}

#[test]
fn what_is_loud_stays_speech_however_long_it_lasts() {
    let mut activity = Activity::new(0);
    assert!((0..5000).all(|_| activity.hear(20)));
}

#[test]
fn a_whisper_below_the_faintest_is_never_speech() {
    let mut activity = Activity::new(10);
    for _ in 0..100 {
        assert!(!activity.hear(110));
    }
    assert!(!activity.hear(FAINTEST + 1));
    assert!(activity.hear(FAINTEST));
}
