//! What companies upload, and what strangers do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use ports::{ReadSound, SoundReader, SoundRefusal};

use crate::{Bounds, LiveSound, Reader};

const FLAC: &[u8] = include_bytes!("../tests/came/tone.flac");
const OGG: &[u8] = include_bytes!("../tests/came/tone.ogg");
const ULAW: &[u8] = include_bytes!("../tests/came/tone-ulaw.wav");
const DEEP: &[u8] = include_bytes!("../tests/came/tone-24.wav");

fn read(octets: &[u8]) -> Result<ReadSound, SoundRefusal> {
    Reader::default().read(octets.to_vec())
}

/// A WAV of 16 bits of a tone of 440 Hz.
fn wav(rate: u32, channels: u16, milliseconds: u32) -> Vec<u8> {
    let frames = rate * milliseconds / 1_000;
    let data = frames * u32::from(channels) * 2;
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&channels.to_le_bytes());
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * u32::from(channels) * 2).to_le_bytes());
    file.extend_from_slice(&(channels * 2).to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data.to_le_bytes());
    for frame in 0..frames {
        let angle = f64::from(frame) * 440.0 * std::f64::consts::TAU / f64::from(rate);
        #[allow(clippy::cast_possible_truncation)]
        let sample = (angle.sin() * 16_000.0) as i16;
        for _ in 0..channels {
            file.extend_from_slice(&sample.to_le_bytes());
        }
    }
    file
}

/// How often the samples cross zero upwards in a second: a tone's hertz.
fn hertz(samples: &[i16]) -> usize {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let crossings = middle.windows(2).filter(|two| two[0] < 0 && two[1] >= 0);
    crossings.count() * 16_000 / middle.len()
}

fn is_the_tone(sound: &ReadSound) {
    assert!(
        hertz(&sound.samples).abs_diff(440) <= 5,
        "{:?}",
        sound.facts
    );
    let peak = sound.samples.iter().map(|s| s.unsigned_abs()).max();
    let peak = peak.unwrap();
    assert!((4_000..5_500).contains(&peak), "{peak}: {:?}", sound.facts);
    let octets = u64::try_from(sound.samples.len()).unwrap() * 2;
    assert_eq!(sound.facts.kept_octets, octets);
}

#[test]
fn every_form_that_is_named_is_read_by_what_is_in_it() {
    for (came, rate, channels) in [
        (FLAC, 44_100, 2),
        (OGG, 44_100, 2),
        (ULAW, 8_000, 1),
        (DEEP, 11_025, 1),
    ] {
        let sound = read(came).unwrap();
        is_the_tone(&sound);
        let facts = &sound.facts;
        assert_eq!((facts.rate, facts.channels), (rate, channels));
        assert!(facts.milliseconds.abs_diff(500) <= 20, "{facts:?}");
        assert_eq!(facts.came_octets, u64::try_from(came.len()).unwrap());
    }
}

/// Frames of MPEG-1 layer 3 with nothing in them: silence.
fn mp3(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0xc4];
    frame.resize(417, 0);
    frame.repeat(frames)
}

#[test]
fn an_mp3_is_read() {
    let sound = read(&mp3(40)).unwrap();
    assert_eq!(sound.facts.rate, 44_100);
    assert!(
        sound.facts.milliseconds.abs_diff(1_045) < 60,
        "{:?}",
        sound.facts
    );
    assert!(sound.samples.iter().all(|sample| *sample == 0));
}

#[test]
fn any_usual_rate_and_number_of_channels_will_do() {
    for rate in [8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000] {
        for channels in [1, 2] {
            is_the_tone(&read(&wav(rate, channels, 500)).unwrap());
        }
    }
}

#[test]
fn what_is_no_sound_is_refused() {
    for came in [&b""[..], b"RIFF", b"<html>no sound</html>", &[0; 4_000]] {
        assert!(read(came).is_err(), "{came:?}");
    }
}

#[test]
fn what_is_too_short_or_too_long_is_refused_by_name() {
    assert_eq!(read(&wav(8_000, 1, 90)), Err(SoundRefusal::Short));
    let bounds = Bounds {
        seconds: 1,
        ..Bounds::default()
    };
    let long = Reader::within(bounds).read(wav(8_000, 1, 1_100));
    assert_eq!(long, Err(SoundRefusal::Long { most: 1 }));
    assert!(Reader::within(bounds).read(wav(8_000, 1, 900)).is_ok());
}

#[test]
fn who_has_no_patience_reads_nothing() {
    let bounds = Bounds {
        patience: Duration::ZERO,
        ..Bounds::default()
    };
    let slow = Reader::within(bounds).read(wav(8_000, 1, 500));
    assert_eq!(slow, Err(SoundRefusal::Slow));
}

#[test]
fn a_file_that_was_cut_off_is_as_long_as_it_is() {
    let whole = wav(8_000, 1, 1_000);
    let sound = read(&whole[..whole.len() / 2]).unwrap();
    assert!(
        sound.facts.milliseconds.abs_diff(500) <= 100,
        "{:?}",
        sound.facts
    );
}

#[test]
fn spoilt_files_are_refused_or_understood_and_break_nothing() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (mut understood, mut refused) = (0, 0);
    for whole in [FLAC.to_vec(), OGG.to_vec(), DEEP.to_vec(), mp3(20)] {
        for _ in 0..60 {
            let mut spoilt = whole.clone();
            for _ in 0..=next() % 8 {
                let length = u64::try_from(spoilt.len()).unwrap();
                let at = usize::try_from(next() % length).unwrap();
                spoilt[at] = next().to_le_bytes()[0];
            }
            match read(&spoilt) {
                Ok(_) => understood += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(understood > 0 && refused > 0, "{understood}, {refused}");
}

/// Gives octets in small pieces, as a wire does, and counts them.
struct Wire {
    octets: &'static [u8],
    at: usize,
}

impl std::io::Read for Wire {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.octets[self.at..];
        let count = rest.len().min(room.len()).min(700);
        room[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

#[test]
fn a_stream_is_decoded_as_it_comes_until_its_end() {
    let wire = Wire { octets: OGG, at: 0 };
    let mut live = LiveSound::begin(wire, Some("application/ogg")).unwrap();
    let mut samples = Vec::new();
    while let Some(more) = live.next_samples().unwrap() {
        assert!(more.len() <= 16_000);
        samples.extend(more);
    }
    let whole = read(OGG).unwrap();
    assert!(
        samples.len().abs_diff(whole.samples.len()) < 2_000,
        "{}",
        samples.len()
    );
    assert!(hertz(&samples).abs_diff(440) <= 5);
}

#[test]
fn what_is_no_sound_is_no_stream() {
    let wire = Wire {
        octets: b"<html>the station has moved</html>",
        at: 0,
    };
    assert!(matches!(
        LiveSound::begin(wire, None),
        Err(SoundRefusal::Unknown)
    ));
}

/// Two streams of Ogg in a row, as a radio sends one piece of music after the other.
#[test]
fn the_next_piece_of_a_stream_is_heard_as_well() {
    let twice: &'static [u8] = Box::leak([OGG, OGG].concat().into_boxed_slice());
    let mut live = LiveSound::begin(
        Wire {
            octets: twice,
            at: 0,
        },
        None,
    )
    .unwrap();
    let mut samples = 0;
    while let Ok(Some(more)) = live.next_samples() {
        samples += more.len();
    }
    let once = read(OGG).unwrap().samples.len();
    assert!(samples > once * 3 / 2, "{samples} of twice {once}");
}

#[test]
fn a_stream_of_mp3_is_decoded_as_a_file_of_it_is() {
    let octets: &'static [u8] = Box::leak(mp3(80).into_boxed_slice());
    let mut live = LiveSound::begin(Wire { octets, at: 0 }, Some("audio/mpeg")).unwrap();
    let mut samples = 0;
    while let Some(more) = live.next_samples().unwrap() {
        samples += more.len();
    }
    let whole = read(octets).unwrap().samples.len();
    assert!(samples.abs_diff(whole) < 2_000, "{samples} of {whole}");
}
