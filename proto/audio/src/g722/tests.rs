//! Tests of `g722`.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

use std::f64::consts::TAU;

use super::*;

/// Samples by which encoder and decoder together delay (both mirror filters).
const DELAY: usize = 22;

fn through(sound: &[i16]) -> Vec<i16> {
    let mut octets = vec![0; sound.len() / 2];
    let mut back = vec![0; sound.len()];
    assert_eq!(Encoder::new().encode(sound, &mut octets), octets.len());
    assert_eq!(Decoder::new().decode(&octets, &mut back), back.len());
    back
}

fn sine(hertz: f64, level: f64, count: usize) -> Vec<i16> {
    let step = TAU * hertz / 16000.0;
    (0..count)
        .map(|n| ((n as f64 * step).sin() * level) as i16)
        .collect()
}

/// Signal to noise in dB, the first 800 samples left to settle.
fn ratio(sound: &[i16], back: &[i16], delay: usize) -> f64 {
    let (mut signal, mut noise) = (0.0, 0.0);
    for n in 800..sound.len() - delay {
        let (was, is) = (f64::from(sound[n]), f64::from(back[n + delay]));
        signal += was * was;
        noise += (was - is) * (was - is);
    }
    10.0 * (signal / noise).log10()
}

/// A generator of even noise.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 40) as f64 / f64::from(1 << 23) - 1.0
    }
}

#[test]
fn the_delay_is_that_of_the_two_mirror_filters() {
    let mut noise = Noise(7);
    let sound: Vec<i16> = (0..8000).map(|_| (noise.next() * 6000.0) as i16).collect();
    let back = through(&sound);
    let best = (0..60).max_by(|a, b| {
        let (a, b) = (ratio(&sound, &back, *a), ratio(&sound, &back, *b));
        a.total_cmp(&b)
    });
    assert_eq!(best, Some(DELAY));
}

#[test]
fn tones_of_the_lower_band_come_back_clean_at_every_level() {
    for hertz in [100.0, 300.0, 440.0, 1000.0, 1700.0, 2500.0, 3300.0] {
        for level in [300.0, 1000.0, 6000.0, 20000.0] {
            let sound = sine(hertz, level, 8000);
            let clean = ratio(&sound, &through(&sound), DELAY);
            assert!(clean > 25.0, "{hertz} Hz at {level}: {clean} dB");
        }
    }
}

#[test]
fn tones_of_the_higher_band_come_through() {
    for hertz in [4700.0, 5500.0, 6500.0, 7000.0] {
        let sound = sine(hertz, 4000.0, 8000);
        let clean = ratio(&sound, &through(&sound), DELAY);
        assert!(clean > 10.0, "{hertz} Hz: {clean} dB");
    }
}

#[test]
fn a_sweep_over_the_whole_band_comes_back() {
    let count = 32000;
    let mut phase = 0.0;
    let sound: Vec<i16> = (0..count)
        .map(|n| {
            phase += TAU * (60.0 + 3400.0 * f64::from(n) / f64::from(count)) / 16000.0;
            (phase.sin() * 9000.0) as i16
        })
        .collect();
    let clean = ratio(&sound, &through(&sound), DELAY);
    assert!(clean > 25.0, "{clean} dB");
}

#[test]
fn noise_shaped_like_speech_comes_back() {
    let mut noise = Noise(42);
    let (mut low, mut lower) = (0.0, 0.0);
    let sound: Vec<i16> = (0..48000)
        .map(|n| {
            // syllables, four a second, of noise that falls with frequency
            low += 0.18 * (noise.next() - low);
            lower += 0.3 * (low - lower);
            let syllable = (TAU * 4.0 * f64::from(n) / 16000.0).sin().max(0.0);
            (lower * syllable * 30000.0) as i16
        })
        .collect();
    let clean = ratio(&sound, &through(&sound), DELAY);
    assert!(clean > 18.0, "{clean} dB");
}

#[test]
fn the_bands_go_into_their_own_bits() {
    // a low tone leaves the two upper bits small: never the same large step twice in a row for
    // long; a high tone leaves the lower predictor near nothing
    let encode = |sound: &[i16]| {
        let mut octets = vec![0; sound.len() / 2];
        Encoder::new().encode(sound, &mut octets);
        octets
    };
    let decoded_energy = |octets: &[u8]| {
        let mut back = vec![0_i16; octets.len() * 2];
        Decoder::new().decode(octets, &mut back);
        back[1600..]
            .iter()
            .map(|s| f64::from(*s).powi(2))
            .sum::<f64>()
    };
    let low = encode(&sine(1000.0, 8000.0, 8000));
    let high = encode(&sine(6000.0, 8000.0, 8000));
    // replace the other band by the codes of silence and see what is left
    let silence = encode(&[0; 8000]);
    let mix = |lower: &[u8], higher: &[u8]| -> Vec<u8> {
        lower
            .iter()
            .zip(higher)
            .map(|(l, h)| (h & 0xc0) | (l & 0x3f))
            .collect()
    };
    let whole = decoded_energy(&low);
    assert!(decoded_energy(&mix(&low, &silence)) > 0.98 * whole);
    assert!(decoded_energy(&mix(&silence, &low)) < 0.01 * whole);
    let whole = decoded_energy(&high);
    assert!(decoded_energy(&mix(&silence, &high)) > 0.9 * whole);
    assert!(decoded_energy(&mix(&high, &silence)) < 0.1 * whole);
}

#[test]
fn silence_stays_silent() {
    let back = through(&[0; 16000]);
    assert!(back[800..].iter().all(|sample| sample.abs() <= 8));
}

#[test]
fn the_loudest_square_wave_neither_overflows_nor_turns_over() {
    let sound: Vec<i16> = (0..16000)
        .map(|n| if n / 40 % 2 == 0 { i16::MAX } else { i16::MIN })
        .collect();
    let back = through(&sound);
    // in the middle of each half wave the sign is right
    for middle in (1620..15900).step_by(40) {
        let (was, is) = (sound[middle], back[middle + DELAY]);
        assert_eq!(was > 0, is > 0, "at {middle}: {was} became {is}");
    }
}

#[test]
fn any_octets_decode_without_overflow() {
    let mut noise = Noise(3);
    let octets: Vec<u8> = (0..40000)
        .map(|_| ((noise.next() + 1.0) * 127.9) as u8)
        .collect();
    let mut back = vec![0; 80000];
    assert_eq!(Decoder::new().decode(&octets, &mut back), 80000);
    for constant in [0x00, 0x3f, 0xc0, 0xff, 0x80, 0x20] {
        assert_eq!(Decoder::new().decode(&[constant; 2000], &mut back), 4000);
    }
}

#[test]
fn a_decoder_that_joins_late_finds_its_way() {
    let sound = sine(700.0, 7000.0, 16000);
    let mut octets = vec![0; 8000];
    Encoder::new().encode(&sound, &mut octets);
    let mut whole = vec![0; 16000];
    Decoder::new().decode(&octets, &mut whole);
    let mut late = vec![0; 12000];
    Decoder::new().decode(&octets[2000..], &mut late);
    let apart = whole[8000..]
        .iter()
        .zip(&late[4000..])
        .map(|(a, b)| a.abs_diff(*b))
        .max();
    assert!(apart.unwrap() < 700, "{apart:?}");
}

#[test]
fn frames_make_no_difference() {
    let sound = sine(900.0, 5000.0, 3200);
    let mut at_once = vec![0; 1600];
    Encoder::new().encode(&sound, &mut at_once);
    let mut encoder = Encoder::new();
    let mut in_frames = vec![0; 1600];
    for (samples, octets) in sound.chunks(320).zip(in_frames.chunks_mut(160)) {
        assert_eq!(encoder.encode(samples, octets), 160);
    }
    assert_eq!(at_once, in_frames);
}
