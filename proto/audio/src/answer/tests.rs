//! Greetings of persons and machines, beeps, faxes, and what is none of them.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

use std::f64::consts::TAU;

use super::{Answerer, Detector, Heard, RATE};
use crate::{Codec, Decoder, Encoder};

/// Milliseconds as samples.
fn samples(ms: u32) -> usize {
    (ms * RATE / 1_000) as usize
}

fn quiet(ms: u32) -> Vec<i16> {
    vec![0; samples(ms)]
}

/// A sine of this height.
fn tone(hertz: f64, ms: u32) -> Vec<i16> {
    let at = |n| (TAU * hertz * n as f64 / f64::from(RATE)).sin() * 6_000.0;
    (0..samples(ms)).map(|n| at(n) as i16).collect()
}

/// Something like a voice: many harmonics of a low tone that glides, four syllables a second with
/// short gaps between.
fn voice(ms: u32) -> Vec<i16> {
    let mut phase = 0.0;
    let mut made = Vec::with_capacity(samples(ms));
    for n in 0..samples(ms) {
        let at = n as f64 / f64::from(RATE);
        phase += TAU * (120.0 + 15.0 * (TAU * 0.7 * at).sin()) / f64::from(RATE);
        let syllable = (TAU * 2.0 * at).sin().abs().sqrt();
        let harmonics = (1..20).map(|k| (phase * f64::from(k)).sin() / f64::from(k));
        made.push((harmonics.sum::<f64>() * syllable * 4_000.0) as i16);
    }
    made
}

/// What is found out, and how many milliseconds after the answer.
fn heard(sound: &[i16]) -> Vec<(Heard, usize)> {
    let (mut detector, mut all) = (Detector::default(), Vec::new());
    for (number, piece) in sound.chunks(samples(20)).enumerate() {
        detector.hear(piece, |heard| all.push((heard, (number + 1) * 20)));
    }
    all
}

/// The same without the times, as it comes through each codec of the telephone network.
#[track_caller]
fn found(sound: &[i16]) -> Vec<Heard> {
    let plain: Vec<Heard> = heard(sound).into_iter().map(|(heard, _)| heard).collect();
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let mut octets = vec![0; sound.len()];
        Encoder::new(codec).encode(sound, &mut octets);
        let mut back = vec![0; sound.len()];
        Decoder::new(codec).decode(&octets, &mut back);
        let coded: Vec<Heard> = heard(&back).into_iter().map(|(heard, _)| heard).collect();
        assert_eq!(coded, plain, "by {codec:?}");
    }
    plain
}

#[test]
fn who_says_little_and_waits_is_a_person_and_it_is_known_within_a_second() {
    let sound = [quiet(400), voice(1_000), quiet(3_000)].concat();
    let all = heard(&sound);
    let [(Heard::Answered(Answerer::Person), at)] = all[..] else {
        panic!("{all:?}");
    };
    assert!((2_200..=2_500).contains(&at), "{at}");
    found(&sound);
}

#[test]
fn who_breathes_between_two_words_is_one_person() {
    let sound = [voice(900), quiet(500), voice(900), quiet(2_000)].concat();
    assert_eq!(found(&sound), [Heard::Answered(Answerer::Person)]);
}

#[test]
fn who_speaks_on_and_on_is_a_machine_and_that_is_known_before_it_is_through() {
    let sound = [quiet(300), voice(9_000), quiet(2_000)].concat();
    let all = heard(&sound);
    let [(Heard::Answered(Answerer::Machine), at)] = all[..] else {
        panic!("{all:?}");
    };
    assert!((3_500..=4_500).contains(&at), "{at}");
}

#[test]
fn the_beep_behind_a_text_is_told_when_it_is_over() {
    for hertz in [600.0, 850.0, 1_000.0, 1_400.0, 2_000.0] {
        let sound = [voice(5_000), quiet(600), tone(hertz, 400), quiet(3_000)].concat();
        let expected = [Heard::Answered(Answerer::Machine), Heard::Beep];
        assert_eq!(found(&sound), expected, "{hertz} Hz");
        let all = heard(&sound);
        assert!((6_380..=6_480).contains(&all[1].1), "{hertz} Hz: {all:?}");
    }
}

#[test]
fn whoever_seemed_a_person_is_known_as_a_machine_by_its_beep() {
    let sound = [voice(2_000), quiet(1_500), tone(1_000.0, 300), quiet(2_000)].concat();
    let expected = [
        Heard::Answered(Answerer::Person),
        Heard::Answered(Answerer::Machine),
        Heard::Beep,
    ];
    assert_eq!(found(&sound), expected);
}

#[test]
fn a_beep_is_told_once() {
    let beep = || [tone(1_000.0, 300), quiet(1_000)].concat();
    let sound = [
        voice(5_000),
        quiet(500),
        beep(),
        beep(),
        voice(3_000),
        beep(),
    ]
    .concat();
    let beeps = found(&sound).into_iter();
    assert_eq!(beeps.filter(|heard| *heard == Heard::Beep).count(), 1);
}

#[test]
fn tones_of_exchanges_and_keys_are_no_beeps() {
    let busy = [tone(425.0, 480), quiet(480)].concat().repeat(6);
    let quick = [tone(1_000.0, 250), quiet(250)].concat().repeat(8);
    let long = [tone(1_000.0, 3_000), quiet(1_000)].concat();
    let short = [tone(1_000.0, 60), quiet(1_000)].concat();
    let sum = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<i16>>();
    let key = [sum(&tone(770.0, 300), &tone(1_336.0, 300)), quiet(1_000)].concat();
    let busy_of_two = sum(&tone(480.0, 500), &tone(620.0, 500));
    let busy_of_two = [busy_of_two, quiet(500)].concat().repeat(4);
    for (tones, what) in [
        (busy, "busy"),
        (quick, "congestion"),
        (long, "a long tone"),
        (short, "a click"),
        (key, "a key"),
        (busy_of_two, "busy of two tones"),
    ] {
        let sound = [voice(5_000), quiet(500), tones].concat();
        assert_eq!(
            found(&sound),
            [Heard::Answered(Answerer::Machine)],
            "{what}"
        );
    }
}

#[test]
fn a_voice_is_no_beep_however_long_it_lasts() {
    let sound = [voice(60_000), quiet(2_000)].concat();
    assert_eq!(found(&sound), [Heard::Answered(Answerer::Machine)]);
}

#[test]
fn a_fax_is_known_by_its_tone_and_the_turns_of_its_phase_do_not_hide_it() {
    let plain = [quiet(500), tone(2_100.0, 3_000)].concat();
    assert_eq!(found(&plain), [Heard::Answered(Answerer::Fax)]);
    let mut turning = quiet(500);
    for turn in 0..6 {
        let mut piece = tone(2_100.0, 450);
        if turn % 2 == 1 {
            piece.iter_mut().for_each(|sample| *sample = -*sample);
        }
        turning.extend(piece);
    }
    assert_eq!(found(&turning), [Heard::Answered(Answerer::Fax)]);
    let near = [quiet(500), tone(2_250.0, 3_000)].concat();
    assert!(!found(&near).contains(&Heard::Answered(Answerer::Fax)));
}

#[test]
fn where_nobody_says_anything_that_is_said_after_five_seconds() {
    let click = [quiet(1_000), voice(40), quiet(7_000)].concat();
    for sound in [quiet(8_000), click] {
        let all = heard(&sound);
        let [(Heard::Answered(Answerer::Silence), at)] = all[..] else {
            panic!("{all:?}");
        };
        assert!((5_000..=5_100).contains(&at), "{at}");
    }
}

#[test]
fn all_that_can_be_found_out_is_found_within_two_minutes() {
    let mut detector = Detector::default();
    detector.hear(&voice(119_000), |_| {});
    assert!(!detector.is_over());
    detector.hear(&quiet(1_000), |_| {});
    assert!(detector.is_over());
    let [mut heard, beep] = [0, 1].map(|_| [tone(1_000.0, 300), quiet(1_000)].concat());
    heard.extend(beep);
    detector.hear(&heard, |heard| panic!("{heard:?}"));
}
