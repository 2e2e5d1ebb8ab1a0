//! Tests of `conceal`.

#![allow(clippy::cast_possible_truncation)]

use std::f64::consts::TAU;

use super::*;

fn frame_of(rate: Rate) -> usize {
    20 * rate.per_ms()
}

fn sine(rate: Rate, hertz: f64, count: usize) -> Vec<i16> {
    let step = TAU * hertz / f64::from(rate.hertz());
    (0..count)
        .map(|n| ((n as f64 * step).sin() * 8000.0) as i16)
        .collect()
}

/// Something like a vowel: pulses of a slowly rising pitch through two resonances.
fn vowel(rate: Rate, count: usize) -> Vec<i16> {
    let hertz = f64::from(rate.hertz());
    let resonance = |centre: f64, width: f64| {
        let radius = (-std::f64::consts::PI * width / hertz).exp();
        (
            2.0 * radius * (TAU * centre / hertz).cos(),
            -radius * radius,
        )
    };
    let filters = [resonance(650.0, 90.0), resonance(1100.0, 110.0)];
    let mut memory = [[0.0; 2]; 2];
    let mut phase = 0.0;
    let mut sound = Vec::new();
    for n in 0..count {
        phase += (110.0 + 10.0 * n as f64 / hertz) / hertz;
        let mut value = 0.0;
        if phase >= 1.0 {
            phase -= 1.0;
            value = 1.0;
        }
        for ((first, second), memory) in filters.iter().zip(&mut memory) {
            value += first * memory[0] + second * memory[1];
            *memory = [value, memory[0]];
        }
        sound.push(value);
    }
    let peak = sound
        .iter()
        .fold(0.0_f64, |peak, value| peak.max(value.abs()));
    sound.iter().map(|s| (s / peak * 12000.0) as i16).collect()
}

/// The sound with every tenth frame lost and replaced as told: by the frame before it and the
/// frames in order.
fn with_losses(rate: Rate, sound: &[i16], mut replace: impl FnMut(&mut [i16], bool)) -> Vec<i16> {
    let mut whole = Vec::new();
    for (index, frame) in sound.chunks_exact(frame_of(rate)).enumerate() {
        let mut frame = frame.to_vec();
        replace(&mut frame, is_lost(index));
        whole.extend(frame);
    }
    whole
}

fn is_lost(index: usize) -> bool {
    index % 10 == 9
}

/// Mean over the lost frames of their signal to noise ratio in dB.
fn segmental(rate: Rate, sound: &[i16], heard: &[i16]) -> f64 {
    let frames = sound
        .chunks_exact(frame_of(rate))
        .zip(heard.chunks_exact(frame_of(rate)));
    let lost = frames.enumerate().filter(|(index, _)| is_lost(*index));
    let ratios: Vec<f64> = lost
        .map(|(_, (was, is))| {
            let pairs = was.iter().zip(is);
            let (signal, noise) = pairs.fold((1.0, 1.0), |(signal, noise), (was, is)| {
                let (was, is) = (f64::from(*was), f64::from(*is));
                (signal + was * was, noise + (was - is).powi(2))
            });
            10.0 * (signal / noise).log10()
        })
        .collect();
    ratios.iter().sum::<f64>() / ratios.len() as f64
}

/// The ratios of the concealed sound, of silence and of the last frame repeated.
fn compared(rate: Rate, sound: &[i16]) -> [f64; 3] {
    let mut concealer = Concealer::new(rate);
    let concealed = with_losses(rate, sound, |frame, lost| {
        if lost {
            frame.fill(0);
            concealer.lost(frame);
        } else {
            concealer.heard(frame);
        }
    });
    let silenced = with_losses(rate, sound, |frame, lost| {
        if lost {
            frame.fill(0);
        }
    });
    let mut last = vec![0; frame_of(rate)];
    let repeated = with_losses(rate, sound, |frame, lost| {
        if lost {
            frame.copy_from_slice(&last);
        }
        last.copy_from_slice(frame);
    });
    [concealed, silenced, repeated].map(|heard| segmental(rate, sound, &heard))
}

#[test]
fn a_sine_is_missed_less_than_with_silence_or_repetition() {
    for rate in Rate::ALL {
        for hertz in [130.0, 217.0, 440.0, 733.0, 1003.0] {
            let sound = sine(rate, hertz, 100 * frame_of(rate));
            let [concealed, silenced, repeated] = compared(rate, &sound);
            assert!(concealed > 9.0, "{rate:?} {hertz}: {concealed}");
            assert!(concealed > silenced + 9.0, "{rate:?} {hertz}: {silenced}");
            assert!(concealed > repeated, "{rate:?} {hertz}: {repeated}");
        }
    }
}

#[test]
fn a_vowel_is_missed_less_than_with_silence_or_repetition() {
    for rate in Rate::ALL {
        let sound = vowel(rate, 200 * frame_of(rate));
        let [concealed, silenced, repeated] = compared(rate, &sound);
        assert!(
            concealed > silenced + 8.0,
            "{rate:?}: {concealed} {silenced}"
        );
        assert!(
            concealed > repeated + 8.0,
            "{rate:?}: {concealed} {repeated}"
        );
    }
}

fn energy(sound: &[i16]) -> f64 {
    sound.iter().map(|s| f64::from(*s).powi(2)).sum()
}

#[test]
fn a_long_loss_fades_to_silence_within_60_ms() {
    for rate in Rate::ALL {
        let mut concealer = Concealer::new(rate);
        for frame in vowel(rate, 20 * frame_of(rate)).chunks_exact_mut(frame_of(rate)) {
            concealer.heard(frame);
        }
        let mut energies = Vec::new();
        for _ in 0..5 {
            let mut frame = vec![0; frame_of(rate)];
            concealer.lost(&mut frame);
            energies.push(energy(&frame));
        }
        assert!(energies[0] > 0.0);
        assert!(energies[1] < energies[0] && energies[2] < energies[1] / 2.0);
        assert_eq!(energies[3..], [0.0, 0.0]);
        assert!(concealer.is_faded());
    }
}

/// The widest step between neighbours.
fn widest_step(sound: &[i16]) -> i32 {
    let steps = sound
        .windows(2)
        .map(|pair| i32::from(pair[1]) - i32::from(pair[0]));
    steps.map(i32::abs).max().unwrap_or(0)
}

#[test]
fn there_is_no_click_where_sound_is_lost_and_comes_again() {
    for rate in Rate::ALL {
        for (hertz, frames) in [(130.0, 1), (310.0, 2), (440.0, 3), (705.0, 5)] {
            let frame = frame_of(rate);
            let mut sound = sine(rate, hertz, 20 * frame);
            let natural = widest_step(&sound);
            let mut concealer = Concealer::new(rate);
            for (index, frame) in sound.chunks_exact_mut(frame).enumerate() {
                if (10..10 + frames).contains(&index) {
                    concealer.lost(frame);
                } else {
                    concealer.heard(frame);
                }
            }
            let widest = widest_step(&sound);
            assert!(
                widest <= natural + natural / 2,
                "{rate:?} {hertz}: {widest} instead of {natural}"
            );
        }
    }
}

#[test]
fn there_is_no_click_where_the_last_period_differs_from_the_one_before() {
    for rate in Rate::ALL {
        let per_ms = i32::try_from(rate.per_ms()).unwrap_or(1);
        // a tone that climbs, so that each period begins elsewhere than the last one did
        let frame = frame_of(rate);
        let mut sound: Vec<i16> = sine(rate, 200.0, 12 * frame)
            .iter()
            .zip(0..)
            .map(|(sample, n)| sample / 4 + (n * 160 / per_ms - 16_000) as i16)
            .collect();
        let natural = widest_step(&sound);
        let mut concealer = Concealer::new(rate);
        for (index, frame) in sound.chunks_exact_mut(frame).enumerate() {
            if index == 6 {
                concealer.lost(frame);
            } else {
                concealer.heard(frame);
            }
        }
        let widest = widest_step(&sound);
        assert!(
            widest <= 2 * natural,
            "{rate:?}: {widest} instead of {natural}"
        );
    }
}

#[test]
fn a_stream_without_losses_is_left_alone() {
    for rate in Rate::ALL {
        let sound = vowel(rate, 10 * frame_of(rate));
        let mut heard = sound.clone();
        let mut concealer = Concealer::new(rate);
        for frame in heard.chunks_exact_mut(frame_of(rate)) {
            concealer.heard(frame);
        }
        assert_eq!(heard, sound);
        assert!(!concealer.is_faded());
    }
}

#[test]
fn a_loss_before_any_sound_is_silence() {
    let mut concealer = Concealer::new(Rate::Narrow);
    let mut frame = [7; 160];
    concealer.lost(&mut frame);
    assert_eq!(frame, [0; 160]);
}

#[test]
fn frames_of_every_length_are_taken() {
    for rate in Rate::ALL {
        let mut concealer = Concealer::new(rate);
        for length in [0, 1, 7, 80, 480, 5000] {
            concealer.heard(&mut vec![i16::MAX; length]);
            concealer.lost(&mut vec![0; length]);
            concealer.heard(&mut vec![i16::MIN; length]);
        }
    }
}
