//! Who speaks when, and where it is heard in the recording.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm
)]
use audio::Encoder as Wave;
use opus::Decoder;
use rtp::Header;

use super::*;
use crate::format::{Codec, Format};
use crate::tapped::Tap;

const START: Instant = Instant::from_secs(100);

/// Who says something on one side.
struct Speaker {
    side: Side,
    codec: Codec,
    ptime_ms: u64,
    ssrc: u32,
    hertz: f64,
}

impl Speaker {
    fn new(side: Side, codec: Codec, hertz: f64) -> Speaker {
        Speaker {
            side,
            codec,
            ptime_ms: 20,
            ssrc: 7,
            hertz,
        }
    }

    /// A tone between two seconds of the recording, as packets that come in time.
    fn says(&self, from: u64, to: u64) -> Vec<Said> {
        let rate = match self.codec {
            Codec::G722 | Codec::Opus => Rate::Wide,
            _ => Rate::Narrow,
        };
        let clock = if self.codec == Codec::Opus {
            48_000
        } else {
            8_000
        };
        let mut wave = match self.codec {
            Codec::Pcmu => Some(Wave::new(audio::Codec::Pcmu)),
            Codec::Pcma => Some(Wave::new(audio::Codec::Pcma)),
            Codec::G722 => Some(Wave::new(audio::Codec::G722)),
            _ => None,
        };
        let mut opus = Encoder::new(&Settings::new(rate)).unwrap();
        let samples = usize::try_from(self.ptime_ms).unwrap() * rate.per_ms();
        let count = (to - from) * 1000 / self.ptime_ms;
        let mut said = Vec::new();
        for n in 0..count {
            let begin = usize::try_from(n).unwrap() * samples;
            let tone: Vec<i16> = (begin..begin + samples)
                .map(|at| tone(at, self.hertz, rate))
                .collect();
            let mut payload = vec![0; 1_275];
            let length = match &mut wave {
                Some(wave) => wave.encode(&tone, &mut payload),
                None => opus.encode(&tone, &mut payload).unwrap(),
            };
            payload.truncate(length);
            let at_ms = from * 1000 + n * self.ptime_ms;
            said.push(Said {
                side: self.side,
                format: Format {
                    payload: 96,
                    codec: self.codec,
                    clock,
                },
                seq: u16::try_from(n % 65_536).unwrap(),
                ts: u32::try_from(n * self.ptime_ms * u64::from(clock / 1000)).unwrap(),
                ssrc: self.ssrc,
                payload,
                at: START + Duration::from_millis(at_ms),
            });
        }
        said
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn tone(at: usize, hertz: f64, rate: Rate) -> i16 {
    let turn = std::f64::consts::TAU * hertz * at as f64 / f64::from(rate.hertz());
    (turn.sin() * 8_000.0) as i16
}

struct Said {
    side: Side,
    format: Format,
    seq: u16,
    ts: u32,
    ssrc: u32,
    payload: Vec<u8>,
    at: Instant,
}

impl Said {
    fn packet(&self) -> Vec<u8> {
        let mut packet = vec![0x80, 96];
        packet.extend_from_slice(&self.seq.to_be_bytes());
        packet.extend_from_slice(&self.ts.to_be_bytes());
        packet.extend_from_slice(&self.ssrc.to_be_bytes());
        packet.extend_from_slice(&self.payload);
        packet
    }
}

/// Brings packets to a recorder that is advanced every so often; what it has made after so many
/// seconds.
fn recorded(said: Vec<Said>, every: Duration, seconds: u64) -> (Vec<Vec<u8>>, RecorderFigures) {
    laid_out(Layout::Apart, said, every, seconds)
}

/// The same in a layout.
fn laid_out(
    layout: Layout,
    mut said: Vec<Said>,
    every: Duration,
    seconds: u64,
) -> (Vec<Vec<u8>>, RecorderFigures) {
    said.sort_by_key(|said| said.at);
    let mut recorder = Recorder::new(START, layout).unwrap();
    let (mut made, mut left) = (Vec::new(), said.into_iter().peekable());
    let end = START + Duration::from_secs(seconds);
    let mut now = START;
    while now < end {
        now = (now + every).min(end);
        while let Some(next) = left.next_if(|said| said.at <= now) {
            let packet = next.packet();
            let header = Header::parse(&packet).unwrap();
            recorder.hear(&TappedPacket {
                tap: Tap {
                    recording: 1,
                    side: next.side,
                },
                format: next.format,
                header,
                payload: header.payload(&packet),
                at: next.at,
            });
        }
        recorder.advance(now, &mut |packet| made.push(packet.to_vec()));
    }
    recorder.finish(end, &mut |packet| made.push(packet.to_vec()));
    (made, recorder.figures())
}

const OFTEN: Duration = Duration::from_millis(20);

/// The loudness of each tenth of a second, left and right.
fn loudness(packets: &[Vec<u8>]) -> Vec<[f64; 2]> {
    let mut decoder = Decoder::stereo(RATE).unwrap();
    let mut samples = Vec::new();
    let mut room = vec![0; 2 * SAMPLES];
    for packet in packets {
        let made = decoder.decode(packet, &mut room).unwrap();
        samples.extend_from_slice(&room[..made]);
    }
    let power = |samples: &[i16], side: usize| {
        let own = samples.iter().skip(side).step_by(2);
        let sum: f64 = own.map(|sample| f64::from(*sample).powi(2)).sum();
        (sum / 1_600.0).sqrt()
    };
    let tenths = samples.chunks(3_200);
    tenths
        .map(|tenth| [power(tenth, 0), power(tenth, 1)])
        .collect()
}

/// The tenths of a second in which a side is heard.
fn heard(packets: &[Vec<u8>], side: usize) -> Vec<usize> {
    let loud = loudness(packets);
    let tenths = loud.iter().enumerate();
    let loud = tenths.filter(|(_, tenth)| tenth[side] > 2_000.0);
    loud.map(|(at, _)| at).collect()
}

fn is_between(tenths: &[usize], from: usize, to: usize) {
    let (first, last) = (tenths[0], tenths[tenths.len() - 1]);
    assert!((from..=from + 1).contains(&first), "{first} for {from}");
    assert!((to - 1..=to + 1).contains(&last), "{last} for {to}");
    assert!(tenths.len() >= to - from - 1, "a hole: {tenths:?}");
}

#[test]
fn each_side_is_heard_on_its_channel_at_its_time() {
    let mut said = Speaker::new(Side::Left, Codec::Pcma, 440.0).says(3, 6);
    said.extend(Speaker::new(Side::Right, Codec::Pcmu, 700.0).says(5, 8));
    let (made, figures) = recorded(said, OFTEN, 10);
    assert_eq!(made.len(), 500);
    assert_eq!(figures.frames, 500);
    is_between(&heard(&made, 0), 30, 60);
    is_between(&heard(&made, 1), 50, 80);
}

#[test]
fn every_codec_and_length_of_packets_is_understood() {
    for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus] {
        for ptime_ms in [10, 20, 40, 60] {
            let speaker = Speaker {
                ptime_ms,
                ..Speaker::new(Side::Right, codec, 440.0)
            };
            let (made, figures) = recorded(speaker.says(1, 3), OFTEN, 4);
            assert_eq!(figures.unheard, 0);
            is_between(&heard(&made, 1), 10, 30);
            assert!(heard(&made, 0).is_empty(), "{codec:?} is on the right");
        }
    }
}

#[test]
fn what_comes_out_does_not_depend_on_how_often_it_is_looked_after() {
    let said = || {
        let mut said = Speaker::new(Side::Left, Codec::G722, 440.0).says(0, 5);
        said.extend(Speaker::new(Side::Right, Codec::Opus, 600.0).says(1, 4));
        said
    };
    let often = recorded(said(), OFTEN, 6);
    let seldom = recorded(said(), Duration::from_millis(150), 6);
    assert_eq!(often, seldom);
}

#[test]
fn what_the_network_loses_is_made_up() {
    let mut said = Speaker::new(Side::Left, Codec::Pcma, 440.0).says(0, 10);
    let mut number = 0;
    said.retain(|_| {
        number += 1;
        number % 20 != 0
    });
    let (made, figures) = recorded(said, OFTEN, 10);
    assert!(figures.concealed >= 20, "{figures:?}");
    assert!(heard(&made, 0).len() >= 97);
}

#[test]
fn a_telephone_that_stands_still_for_a_fifth_of_a_second_is_recorded_as_if_it_had_not() {
    let speaker = Speaker::new(Side::Left, Codec::Pcma, 440.0);
    let whole = recorded(speaker.says(0, 6), OFTEN, 7);
    let mut said = speaker.says(0, 6);
    let [stops, goes_on] = [2_000, 2_200].map(|ms| START + Duration::from_millis(ms));
    for one in &mut said {
        if (stops..goes_on).contains(&one.at) {
            one.at = goes_on;
        }
    }
    assert_eq!(recorded(said, OFTEN, 7), whole);
}

/// How much of a channel's power lies at a frequency.
fn share(packets: &[Vec<u8>], side: usize, hertz: f64) -> f64 {
    let mut decoder = Decoder::stereo(RATE).unwrap();
    let mut room = vec![0; 2 * SAMPLES];
    let mut own = Vec::new();
    for packet in packets {
        let made = decoder.decode(packet, &mut room).unwrap();
        own.extend(
            room[..made]
                .iter()
                .skip(side)
                .step_by(2)
                .map(|one| f64::from(*one)),
        );
    }
    let turn = std::f64::consts::TAU * hertz / f64::from(RATE.hertz());
    let (mut re, mut im, mut power, mut angle) = (0.0, 0.0, 0.0, 0.0_f64);
    for sample in &own {
        re += sample * angle.cos();
        im += sample * angle.sin();
        power += sample * sample;
        angle += turn;
    }
    let count = f64::from(u32::try_from(own.len()).unwrap());
    2.0 * (re * re + im * im) / (count * power)
}

/// Both sides say a tone of their own; the shares of the two in the only channel of a layout.
fn shares_of_one_channel(layout: Layout) -> (f64, f64) {
    let mut said = Speaker::new(Side::Left, Codec::Pcma, 440.0).says(0, 6);
    said.extend(Speaker::new(Side::Right, Codec::Pcmu, 700.0).says(0, 6));
    let (made, _) = laid_out(layout, said, OFTEN, 6);
    let mono = |packet: &Vec<u8>| packet[0] & 4 == 0;
    assert!(made.iter().all(mono), "one channel (RFC 6716 section 3.1)");
    let steady = &made[50..290];
    (share(steady, 0, 440.0), share(steady, 0, 700.0))
}

#[test]
fn two_who_are_mixed_are_heard_in_one_channel() {
    let (left, right) = shares_of_one_channel(Layout::Mixed);
    assert!(left > 0.4 && right > 0.4, "{left} {right}");
}

#[test]
fn of_one_side_alone_nothing_of_the_other_is_kept() {
    let (left, right) = shares_of_one_channel(Layout::Alone(Side::Left));
    assert!(left > 0.95 && right < 0.001, "{left} {right}");
    let (left, right) = shares_of_one_channel(Layout::Alone(Side::Right));
    assert!(left < 0.001 && right > 0.95, "{left} {right}");
}

#[test]
fn two_who_speak_at_once_are_kept_apart() {
    let mut said = Speaker::new(Side::Left, Codec::Pcma, 440.0).says(0, 6);
    said.extend(Speaker::new(Side::Right, Codec::Pcmu, 700.0).says(0, 6));
    let (made, _) = recorded(said, OFTEN, 6);
    let steady = &made[50..290];
    for (side, own, other) in [(0, 440.0, 700.0), (1, 700.0, 440.0)] {
        let (mine, theirs) = (share(steady, side, own), share(steady, side, other));
        assert!(mine > 0.95, "side {side} has {mine} of its own");
        assert!(theirs < 0.005, "side {side} has {theirs} of the other's");
    }
}

#[test]
fn a_side_goes_on_with_another_party_and_another_codec() {
    let mut said = Speaker::new(Side::Right, Codec::Pcma, 440.0).says(0, 3);
    let other = Speaker {
        ssrc: 99,
        ..Speaker::new(Side::Right, Codec::Pcma, 440.0)
    };
    said.extend(other.says(3, 6));
    said.extend(Speaker::new(Side::Right, Codec::Opus, 440.0).says(6, 9));
    let (made, _) = recorded(said, OFTEN, 10);
    assert!(heard(&made, 1).len() >= 88, "{:?}", heard(&made, 1));
}

#[test]
fn a_codec_that_is_not_spoken_here_is_silence_and_counted() {
    let g729 = Codec::named("G729", 1);
    let mut said = Speaker::new(Side::Left, Codec::Pcma, 440.0).says(0, 1);
    for one in &mut said {
        one.format.codec = g729;
    }
    let (made, figures) = recorded(said, OFTEN, 2);
    assert_eq!(made.len(), 100);
    assert_eq!(figures.unheard, 50);
    assert!(heard(&made, 0).is_empty());
}

#[test]
fn a_recording_in_which_nobody_speaks_is_as_long_as_any() {
    let (made, _) = recorded(Vec::new(), Duration::from_secs(1), 5);
    assert_eq!(made.len(), 250);
    assert!(heard(&made, 0).is_empty() && heard(&made, 1).is_empty());
}
