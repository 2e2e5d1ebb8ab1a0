//! Speech, music and noise are not taken for keys.
//!
//! Every sound ends with a true key press, and exactly that is heard: a detector that has gone deaf
//! does not pass.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::unwrap_used
)]

use std::f64::consts::TAU;

use audio::dtmf::{Detector, Heard, KEYS, Levels, Tone};
use audio::{Codec, Decoder, Encoder, Prompt, Rate};

/// Samples per second of what is made here.
const RATE: f64 = 8_000.0;

/// The sound, quiet, a key, quiet.
fn and_a_key(sound: &[i16], rate: Rate, key: char) -> Vec<i16> {
    let mut tone = vec![0; 60 * rate.per_ms()];
    Tone::new(key, 60, Levels::default(), rate)
        .unwrap()
        .fill(&mut tone);
    let quiet = vec![0; 60 * rate.per_ms()];
    [sound, &quiet[..], &tone[..], &quiet[..]].concat()
}

/// Nothing is heard but the key behind it.
#[track_caller]
fn only_the_last_key(sound: &[i16], rate: Rate, what: &str) {
    let mut heard = String::new();
    let mut detector = Detector::new(rate);
    let whole = and_a_key(sound, rate, '8');
    for (number, piece) in whole.chunks(20 * rate.per_ms()).enumerate() {
        detector.hear(piece, |event| match event {
            Heard::Begun { key } => heard += &format!("{key} at {} ms, ", number * 20),
            Heard::Ended(_) => {}
        });
    }
    let at = sound.len() / rate.per_ms() / 20;
    let found = heard
        .strip_prefix("8 at ")
        .and_then(|rest| rest.strip_suffix(" ms, "));
    let found = found.and_then(|ms| ms.parse().ok());
    let behind = found.is_some_and(|ms: usize| ms / 20 >= at);
    assert!(behind, "{what}: {heard}");
}

/// At its own rate, and coded and decoded by every codec of that rate.
#[track_caller]
fn only_the_last_key_in_any_codec(sound: &[i16], rate: Rate, what: &str) {
    only_the_last_key(sound, rate, what);
    for codec in Codec::ALL {
        if codec.sample_rate() == rate.hertz() {
            let mut octets = vec![0; sound.len() / codec.samples_per_octet()];
            Encoder::new(codec).encode(sound, &mut octets);
            let mut back = vec![0; sound.len()];
            Decoder::new(codec).decode(&octets, &mut back);
            only_the_last_key(&back, rate, &format!("{what} by {codec:?}"));
        }
    }
}

/// A generator of even numbers from 0 to 1.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1 << 24)
    }

    fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.next()
    }
}

/// The three lowest formants of some vowels, in Hz.
const VOWELS: [[f64; 3]; 8] = [
    [730.0, 1_090.0, 2_440.0],
    [270.0, 2_290.0, 3_010.0],
    [300.0, 870.0, 2_240.0],
    [530.0, 1_840.0, 2_480.0],
    [570.0, 840.0, 2_410.0],
    [660.0, 1_720.0, 2_410.0],
    [490.0, 1_350.0, 1_690.0],
    [850.0, 1_250.0, 2_800.0],
];

/// How much of a frequency three formants let through, each 80 Hz wide.
fn mouth(hertz: f64, formants: &[f64; 3]) -> f64 {
    let each = formants.iter().zip([1.0, 0.5, 0.25]);
    each.map(|(formant, share)| share / (1.0 + ((hertz - formant) / 40.0).powi(2)).sqrt())
        .sum()
}

/// A voice: syllables of harmonics whose pitch glides about a middle, with a vowel that moves to
/// another one, a swell and a fall, and breath.
fn voice(seconds: usize, pitch: f64, chance: &mut Chance) -> Vec<i16> {
    let mut sound = Vec::new();
    let mut phases = [0.0_f64; 40];
    while sound.len() < seconds * 8_000 {
        let length = chance.between(600.0, 3_000.0);
        let (from, to) = (chance.between(0.8, 1.25), chance.between(0.8, 1.25));
        // one syllable of four is sung on one pitch
        let to = if chance.next() < 0.25 { from } else { to };
        let mut vowel = || VOWELS[(chance.next() * 7.99) as usize];
        let (first, last) = (vowel(), vowel());
        let loud = chance.between(2_000.0, 16_000.0);
        for n in 0..length as usize {
            let part = n as f64 / length;
            let pitch = pitch * (from + (to - from) * part);
            let formants = [0, 1, 2].map(|i| first[i] + (last[i] - first[i]) * part);
            let mut value = chance.between(-0.005, 0.005);
            for (phase, number) in phases.iter_mut().zip(1..) {
                let hertz = pitch * f64::from(number);
                if hertz > 3_600.0 {
                    break;
                }
                *phase += TAU * hertz / RATE;
                value += phase.sin() * mouth(hertz, &formants) / f64::from(number).sqrt();
            }
            let swell = (part * 8.0).min((1.0 - part) * 4.0).min(1.0);
            sound.push((value * swell * loud).clamp(-32_000.0, 32_000.0) as i16);
        }
        let pause = chance.between(0.0, 1_000.0) as usize;
        sound.extend((0..pause).map(|_| chance.between(-20.0, 20.0) as i16));
    }
    sound
}

#[test]
fn voices_of_every_pitch_press_no_keys() {
    let mut chance = Chance(5);
    for pitch in (80..=400).step_by(10) {
        let sound = voice(10, f64::from(pitch), &mut chance);
        only_the_last_key_in_any_codec(&sound, Rate::Narrow, &format!("a voice of {pitch} Hz"));
    }
}

#[test]
fn vowels_held_on_any_pitch_press_no_keys() {
    for (number, vowel) in VOWELS.iter().enumerate() {
        for pitch in (80..=500).step_by(3) {
            let pitch = f64::from(pitch);
            let shares: Vec<_> = (1..=40)
                .map(|harmonic| pitch * f64::from(harmonic))
                .take_while(|hertz| *hertz < 3_600.0)
                .map(|hertz| (TAU * hertz / RATE, mouth(hertz, vowel)))
                .collect();
            let held = |n: u32| {
                let each = shares
                    .iter()
                    .map(|(step, share)| (f64::from(n) * step).sin() * share);
                (each.sum::<f64>() * 8_000.0) as i16
            };
            let sound: Vec<i16> = (0..1_600).map(held).collect();
            only_the_last_key(
                &sound,
                Rate::Narrow,
                &format!("vowel {number} at {pitch} Hz"),
            );
        }
    }
}

#[test]
fn what_the_exchange_plays_presses_no_keys_in_any_codec() {
    for prompt in Prompt::ALL {
        let name = prompt.name();
        only_the_last_key_in_any_codec(&prompt.render_narrow(), Rate::Narrow, name);
        only_the_last_key_in_any_codec(&prompt.render_wide(), Rate::Wide, name);
    }
}

/// A string or pipe: harmonics that fall off, each with the note's own decay.
fn note(half_tones: i32, n: u32) -> f64 {
    let hertz = 440.0 * 2_f64.powf(f64::from(half_tones) / 12.0);
    let harmonics = (1..=5).map(f64::from);
    let sum: f64 = harmonics
        .filter(|number| number * hertz < 3_800.0)
        .map(|number| (TAU * hertz * number * f64::from(n) / RATE).sin() / number)
        .sum();
    sum * (-f64::from(n) / 4_000.0).exp()
}

/// F and E an octave up are key 2 to within 1.3 %, and there are more such pairs: all of them.
#[test]
fn two_notes_of_instruments_are_no_key_wherever_they_lie() {
    for low in -8..=14 {
        for high in (low + 1)..=26 {
            let chord = |n| (note(low, n) + note(high, n)) * 6_000.0;
            let sound: Vec<i16> = (0..2_000).map(|n| chord(n) as i16).collect();
            only_the_last_key(&sound, Rate::Narrow, &format!("{low} with {high}"));
        }
    }
}

/// Two pure tones in the place of a key, with a third one of their chord 4 dB below.
#[test]
fn a_chord_of_three_pure_tones_is_no_key() {
    for (low, high) in [
        (697.0, 1_209.0),
        (770.0, 1_336.0),
        (852.0, 1_477.0),
        (941.0, 1_633.0),
    ] {
        for third in [high - low, 2.0 * low - 400.0, low + high, 2_000.0, 3_000.0] {
            let tone = |hertz: f64, n: u32| (TAU * hertz * f64::from(n) / RATE).sin();
            let chord = |n| tone(low, n) + tone(high, n) + 0.6 * tone(third, n);
            let sound: Vec<i16> = (0..4_000).map(|n| (chord(n) * 7_000.0) as i16).collect();
            only_the_last_key(
                &sound,
                Rate::Narrow,
                &format!("{low}, {high} and {third} Hz"),
            );
        }
    }
}

/// One sweep, and two that pass both frequencies of each key at one moment; the slowest are over a
/// key for no longer than a press may be short.
#[test]
fn glides_that_pass_through_keys_press_none() {
    let sweep = |from: f64, per_second: f64, n: u32| {
        let t = f64::from(n) / RATE;
        (TAU * (from + per_second * t / 2.0) * t).sin()
    };
    for per_second in [3_000.0, 6_000.0, 20_000.0] {
        let count = (3_000.0 / per_second * RATE) as u32;
        let one = |n| (sweep(300.0, per_second, n) * 12_000.0) as i16;
        let sound: Vec<i16> = (0..count).map(one).collect();
        only_the_last_key(&sound, Rate::Narrow, &format!("one at {per_second} Hz/s"));
        for low in [697.0, 770.0, 852.0, 941.0] {
            for high in [1_209.0, 1_336.0, 1_477.0, 1_633.0] {
                let lead = 0.1 * per_second;
                let both = |n| {
                    let sum = sweep(low - lead, per_second, n) + sweep(high - lead, per_second, n);
                    (sum * 7_000.0) as i16
                };
                let sound: Vec<i16> = (0..1_600).map(both).collect();
                only_the_last_key(&sound, Rate::Narrow, &format!("{low} {high} {per_second}"));
            }
        }
    }
}

#[test]
fn noise_of_every_colour_presses_no_keys() {
    let mut chance = Chance(9);
    for keeps in [0.0, 0.5, 0.9, -0.5] {
        // a resonance in the midst of the keys makes it the more like them
        for ring in [0.0, 0.9, 0.97] {
            let (mut last, mut a, mut b) = (0.0, 0.0, 0.0);
            let turn = (TAU * 1_100.0 / RATE).cos();
            let sound: Vec<i16> = (0..80_000)
                .map(|_| {
                    last = last * keeps + chance.between(-1.0, 1.0);
                    let value = last + 2.0 * ring * turn * a - ring * ring * b;
                    (a, b) = (value, a);
                    (value * 2_500.0).clamp(-32_000.0, 32_000.0) as i16
                })
                .collect();
            only_the_last_key_in_any_codec(&sound, Rate::Narrow, &format!("{keeps} {ring}"));
        }
    }
}

/// Speech over a key is no longer a key, but behind the key it does not keep it pressed.
#[test]
fn a_key_between_words_is_heard_alone_and_ends() {
    let mut chance = Chance(3);
    for key in KEYS.as_flattened() {
        let mut sound = and_a_key(&voice(2, 180.0, &mut chance), Rate::Narrow, *key);
        sound.extend(voice(2, 120.0, &mut chance));
        let mut heard = Vec::new();
        let mut detector = Detector::new(Rate::Narrow);
        detector.hear(&sound, |event| heard.push(event));
        let [Heard::Begun { key: begun }, Heard::Ended(press)] = heard[..] else {
            panic!("{key}: {heard:?}");
        };
        assert_eq!((begun, press.key), (*key, *key));
        assert!(press.lasts_ms.abs_diff(60) <= 8, "{press:?}");
    }
}
