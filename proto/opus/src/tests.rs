//! What Opus makes of sound, and of packets that are lost or none at all.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use audio::Rate;
use proptest::prelude::*;

use crate::{Decoder, Encoder, LOOK_AHEAD, Problem, Settings, duration};

/// Something like a voice: a falling and rising tone of 120 to 180 Hz with its overtones, in
/// syllables of 200 ms.
fn voice(rate: Rate, ms: usize) -> Vec<i16> {
    let hertz = f64::from(rate.hertz());
    let mut phase = 0.0_f64;
    let samples = 0..u32::try_from(ms * rate.per_ms()).unwrap();
    samples
        .map(|n| {
            let time = f64::from(n) / hertz;
            let pitch = 150.0 + 30.0 * (time * 5.0).sin();
            phase += std::f64::consts::TAU * pitch / hertz;
            let overtones: f64 = (1..=8)
                .map(|k| (f64::from(k) * phase).sin() / f64::from(k))
                .sum();
            let syllable = (time * std::f64::consts::PI * 5.0).sin().abs();
            #[allow(clippy::cast_possible_truncation)]
            let sample = (overtones * syllable * 5000.0) as i16;
            sample
        })
        .collect()
}

/// How alike two pieces are at the best displacement up to so many samples, -1 to 1.
fn likeness(said: &[i16], heard: &[i16], most: usize) -> f64 {
    let correlation = |shift: usize| {
        let pairs = said.iter().zip(&heard[shift..]);
        let (mut product, mut one, mut other) = (0.0, 1.0, 1.0);
        for (a, b) in pairs {
            let (a, b) = (f64::from(*a), f64::from(*b));
            product += a * b;
            one += a * a;
            other += b * b;
        }
        product / f64::sqrt(one * other)
    };
    (0..most).map(correlation).fold(-1.0, f64::max)
}

fn energy(sound: &[i16]) -> f64 {
    sound.iter().map(|s| f64::from(*s) * f64::from(*s)).sum()
}

fn encoded(settings: &Settings, sound: &[i16]) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(settings).unwrap();
    let frames = sound.chunks_exact(20 * settings.rate.per_ms());
    frames
        .map(|frame| {
            let mut packet = [0; 480];
            let octets = encoder.encode(frame, &mut packet).unwrap();
            packet[..octets].to_vec()
        })
        .collect()
}

// rfc: 6716 §2.1.1
#[test]
fn speech_is_recognised_behind_encoder_and_decoder_at_every_rate() {
    for rate in Rate::ALL {
        let said = voice(rate, 2000);
        let mut decoder = Decoder::new(rate).unwrap();
        let mut heard = Vec::new();
        for packet in encoded(&Settings::new(rate), &said) {
            let mut samples = vec![0; 120 * rate.per_ms()];
            let made = decoder.decode(&packet, &mut samples).unwrap();
            assert_eq!(made, 20 * rate.per_ms());
            heard.extend_from_slice(&samples[..made]);
        }
        let alike = likeness(&said[..1800 * rate.per_ms()], &heard, 20 * rate.per_ms());
        // the codec keeps what is heard, not the wave
        assert!(alike > 0.8, "{rate:?}: {alike}");
    }
}

// rfc: 6716 §2.1.1
#[test]
fn a_stream_of_one_rate_is_decoded_to_another() {
    let said = voice(Rate::Narrow, 1000);
    let mut decoder = Decoder::new(Rate::Wide).unwrap();
    for packet in encoded(&Settings::new(Rate::Narrow), &said) {
        assert_eq!(decoder.decode(&packet, &mut [0; 1920]), Ok(320));
    }
}

#[test]
fn the_bit_rate_is_kept_and_a_small_buffer_never_passed() {
    let said = voice(Rate::Wide, 4000);
    let octets = |bits_per_second| -> usize {
        let settings = Settings {
            bits_per_second,
            ..Settings::new(Rate::Wide)
        };
        encoded(&settings, &said).iter().map(Vec::len).sum()
    };
    // four seconds of 8 and 32 kbit/s are 4,000 and 16,000 octets, of which a sound as simple as
    // this one does not need all
    let (few, many) = (octets(8_000), octets(32_000));
    assert!((2_000..5_000).contains(&few), "{few}");
    assert!((6_000..17_000).contains(&many), "{many}");
    let mut encoder = Encoder::new(&Settings::new(Rate::Wide)).unwrap();
    let written = encoder.encode(&said[..320], &mut [0; 20]).unwrap();
    assert!(written <= 20);
}

#[test]
fn frames_of_other_lengths_are_refused() {
    let mut encoder = Encoder::new(&Settings::new(Rate::Narrow)).unwrap();
    for ms in [10, 20, 40, 60] {
        assert!(encoder.encode(&vec![0; 8 * ms], &mut [0; 480]).is_ok());
    }
    for samples in [0, 100, 240, 600] {
        let refused = encoder.encode(&vec![0; samples], &mut [0; 480]);
        assert_eq!(refused, Err(Problem::Size), "{samples}");
    }
}

/// Two voices, the samples of which take turns.
fn both(left: &[i16], right: &[i16]) -> Vec<i16> {
    let pairs = left.iter().zip(right);
    pairs.flat_map(|(left, right)| [*left, *right]).collect()
}

/// What is heard on the left and on the right of two voices at the wide rate.
fn heard_of(left: &[i16], right: &[i16]) -> (Vec<i16>, Vec<i16>) {
    let mut encoder = Encoder::new(&Settings::stereo(Rate::Wide)).unwrap();
    let mut decoder = Decoder::stereo(Rate::Wide).unwrap();
    let (mut on_left, mut on_right) = (Vec::new(), Vec::new());
    for frame in both(left, right).chunks_exact(640) {
        let (mut packet, mut samples) = ([0; 1_275], [0; 3_840]);
        let octets = encoder.encode(frame, &mut packet).unwrap();
        assert_eq!(duration(&packet[..octets]), Some(Duration::from_millis(20)));
        assert_eq!(decoder.decode(&packet[..octets], &mut samples), Ok(640));
        for pair in samples[..640].chunks_exact(2) {
            on_left.push(pair[0]);
            on_right.push(pair[1]);
        }
    }
    (on_left, on_right)
}

// rfc: 6716 §2.1.2
#[test]
fn two_voices_stay_apart_in_two_channels() {
    let said = voice(Rate::Wide, 2000);
    let silence = vec![0; said.len()];
    let (left, right) = heard_of(&said, &silence);
    assert!(likeness(&said[..28_800], &left, 320) > 0.8);
    assert!(energy(&right) < energy(&left) / 10_000.0, "40 dB below it");
    let (left, right) = heard_of(&silence, &said);
    assert!(likeness(&said[..28_800], &right, 320) > 0.8);
    assert!(energy(&left) < energy(&right) / 10_000.0);
    let mut other = said.clone();
    other.reverse();
    let (left, right) = heard_of(&said, &other);
    assert!(likeness(&said[..28_800], &left, 320) > 0.8);
    assert!(likeness(&other[..28_800], &right, 320) > 0.8);
}

// rfc: 6716 §2.1.2
#[test]
fn sound_of_one_channel_is_given_on_both() {
    let mut decoder = Decoder::stereo(Rate::Wide).unwrap();
    let mut samples = [0; 3_840];
    for packet in encoded(&Settings::new(Rate::Wide), &voice(Rate::Wide, 400)) {
        assert_eq!(decoder.decode(&packet, &mut samples), Ok(640));
        assert!(
            samples[..640]
                .chunks_exact(2)
                .all(|pair| pair[0] == pair[1])
        );
    }
    assert_eq!(decoder.conceal(&mut samples[..640]), Ok(640));
}

#[test]
fn decoded_sound_lies_behind_by_what_the_library_looks_ahead() {
    let mut said = vec![0; 16_000];
    said[8_000] = 20_000;
    let (left, _) = heard_of(&said, &vec![0; 16_000]);
    let loudest = (0..left.len()).max_by_key(|at| left[*at].unsigned_abs());
    let behind = loudest.unwrap() - 8_000;
    // what keeps the spectrum need not keep the wave
    let look_ahead = usize::try_from(LOOK_AHEAD / 3).unwrap();
    assert!(behind.abs_diff(look_ahead) < 32, "{behind}");
    let of_library = |channels| {
        let application = opusic_c::Application::Voip;
        let rate = opusic_c::SampleRate::Hz16000;
        let encoder = opusic_c::Encoder::new(channels, rate, application);
        encoder.unwrap().get_look_ahead().unwrap()
    };
    assert_eq!(3 * of_library(opusic_c::Channels::Stereo), LOOK_AHEAD);
    assert_eq!(3 * of_library(opusic_c::Channels::Mono), LOOK_AHEAD);
}

// rfc: 6716 §4.4
#[test]
fn what_is_lost_is_made_up_and_fades() {
    let said = voice(Rate::Wide, 1000);
    let mut decoder = Decoder::new(Rate::Wide).unwrap();
    let mut samples = [0; 1920];
    for packet in encoded(&Settings::new(Rate::Wide), &said[..16 * 500]) {
        decoder.decode(&packet, &mut samples).unwrap();
    }
    let mut first = [0; 320];
    assert_eq!(decoder.conceal(&mut first), Ok(320));
    assert!(energy(&first) > energy(&samples[..320]) / 20.0);
    let mut last = [0; 320];
    for _ in 0..50 {
        decoder.conceal(&mut last).unwrap();
    }
    assert!(energy(&last) < energy(&first) / 100.0);
    assert_eq!(decoder.conceal(&mut [0; 41]), Err(Problem::Size));
}

// rfc: 6716 §2.1.7
#[test]
fn the_next_packet_tells_of_the_lost_one() {
    let said = voice(Rate::Wide, 2000);
    let with = Settings {
        fec: true,
        bits_per_second: 32_000,
        ..Settings::new(Rate::Wide)
    };
    let packets = encoded(&with, &said);
    let (mut told, mut guessed) = (0.0, 0.0);
    for lost in (20..90).step_by(7) {
        let mut whole = Decoder::new(Rate::Wide).unwrap();
        let (mut recovering, mut guessing) = (
            Decoder::new(Rate::Wide).unwrap(),
            Decoder::new(Rate::Wide).unwrap(),
        );
        let mut truth = [0; 320];
        for packet in &packets[..lost] {
            for decoder in [&mut whole, &mut recovering, &mut guessing] {
                decoder.decode(packet, &mut truth).unwrap();
            }
        }
        whole.decode(&packets[lost], &mut truth).unwrap();
        let (mut recovered, mut concealed) = ([0; 320], [0; 320]);
        recovering
            .recover(&packets[lost + 1], &mut recovered)
            .unwrap();
        guessing.conceal(&mut concealed).unwrap();
        told += likeness(&truth, &recovered, 1);
        guessed += likeness(&truth, &concealed, 1);
    }
    assert!(told > guessed, "{told} against {guessed}");
    assert!(told / 10.0 > 0.8, "{told}");
}

// rfc: 6716 §2.1.9
#[test]
fn nothing_need_be_sent_while_nobody_speaks() {
    let settings = Settings {
        dtx: true,
        ..Settings::new(Rate::Narrow)
    };
    let silence = encoded(&settings, &vec![0; 8 * 2000]);
    let unsent = silence.iter().filter(|packet| packet.is_empty()).count();
    assert!(unsent > 50, "{unsent} of {}", silence.len());
    let always = encoded(&Settings::new(Rate::Narrow), &vec![0; 8 * 2000]);
    assert!(always.iter().all(|packet| !packet.is_empty()));
}

// rfc: 6716 §3.1
#[test]
fn the_first_octets_tell_how_long_a_packet_is() {
    let us = |packet: &[u8]| duration(packet).map(|length| length.as_micros());
    let toc = |configuration: u8, code: u8| configuration << 3 | code;
    for (configuration, expected) in [
        (0, 10_000),
        (1, 20_000),
        (2, 40_000),
        (11, 60_000),
        (12, 10_000),
        (15, 20_000),
        (16, 2_500),
        (29, 5_000),
        (31, 20_000),
    ] {
        assert_eq!(us(&[toc(configuration, 0)]), Some(expected));
        assert_eq!(us(&[toc(configuration, 1)]), Some(2 * expected));
        assert_eq!(us(&[toc(configuration, 3), 2]), Some(2 * expected));
    }
    assert_eq!(us(&[]), None);
    assert_eq!(us(&[toc(1, 3)]), None, "the number of frames is missing");
    assert_eq!(us(&[toc(1, 3), 0]), None, "no frame at all");
    assert_eq!(us(&[toc(1, 3), 7]), None, "longer than 120 ms");
    for packet in encoded(&Settings::new(Rate::Full), &voice(Rate::Full, 100)) {
        assert_eq!(duration(&packet), Some(Duration::from_millis(20)));
    }
}

// rfc: 6716 §3.4
#[test]
fn what_is_no_packet_is_refused() {
    let mut decoder = Decoder::new(Rate::Narrow).unwrap();
    // two frames of one size in an odd number of octets; a count of frames that is not there
    for malformed in [&[][..], &[0x09, 1, 2, 3], &[0x0b]] {
        let refused = decoder.decode(malformed, &mut [0; 960]);
        assert_eq!(refused, Err(Problem::Malformed), "{malformed:?}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_decoded_or_refused(
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..20),
    ) {
        let mut decoder = Decoder::new(Rate::Wide).unwrap();
        for packet in packets {
            if let Ok(made) = decoder.decode(&packet, &mut [0; 1920]) {
                let ms = u64::try_from(made / 4).unwrap() * 250;
                prop_assert_eq!(duration(&packet), Some(Duration::from_micros(ms)));
            }
            let mut lost = [0; 320];
            if let Ok(made) = decoder.recover(&packet, &mut lost) {
                prop_assert_eq!(made, 320);
            }
        }
    }
}
