//! Tests of `loops`.

#![allow(clippy::cast_possible_truncation)]

use std::f64::consts::TAU;

use super::*;

fn tone(hertz: f64, rate: f64, count: usize) -> Vec<i16> {
    (0..count)
        .map(|n| ((TAU * hertz * n as f64 / rate).sin() * 10000.0) as i16)
        .collect()
}

fn energy(sound: &[i16]) -> f64 {
    let sum: f64 = sound.iter().map(|s| f64::from(*s).powi(2)).sum();
    (sum / sound.len() as f64).sqrt()
}

#[test]
fn what_both_rates_can_hold_is_kept_sample_by_sample() {
    // whole turns, so that the loop has no seam
    for hertz in [100.0, 1000.0, 2000.0, 3400.0] {
        let halved = halve_loop(&tone(hertz, 16000.0, 1600));
        for (is, should) in halved.iter().zip(tone(hertz, 8000.0, 800)) {
            assert!(is.abs_diff(should) <= 12, "{hertz} Hz: {is} {should}");
        }
    }
}

#[test]
fn what_the_lower_rate_cannot_hold_is_taken_away() {
    for hertz in [4600.0, 5000.0, 6000.0, 7500.0] {
        let left = energy(&halve_loop(&tone(hertz, 16000.0, 1600)));
        assert!(left < 7.0, "{hertz} Hz leaves {left}");
    }
}

#[test]
fn the_shortest_pieces_are_taken() {
    assert_eq!(halve_loop(&[]), []);
    assert_eq!(halve_loop(&[5]), []);
    assert_eq!(halve_loop(&[1000, 1000]), [1000]);
    assert_eq!(halve_loop(&[i16::MIN; 7]), [i16::MIN; 3]);
}
