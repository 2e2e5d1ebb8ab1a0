//! In which forms and channels a recording is given.

use std::io::Cursor;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::*;

/// The tone on the left, or the only one, and that on the right.
const TONES: [f64; 2] = [440.0, 700.0];

/// A recording of two seconds, with a tone of its own in each channel.
fn of_tones(scratch: &Scratch, sides: RecordedSides) -> Recording {
    let one = Recording {
        sides,
        ..recording(1, 1)
    };
    let channels = usize::from(sides.channels());
    let mut settings = Settings::stereo(Rate::Wide);
    if channels == 1 {
        settings = Settings::new(Rate::Wide);
    }
    settings.bits_per_second = 64_000;
    let mut encoder = Encoder::new(&settings).unwrap();
    let mut writing = scratch.shelf.begin(&one).unwrap();
    let mut packet = [0; 1_275];
    for begin in (0..32_000).step_by(320) {
        let moments = begin..begin + 320;
        let sound: Vec<i16> = moments
            .flat_map(|at| TONES[..channels].iter().map(move |hertz| tone(at, *hertz)))
            .collect();
        let length = encoder.encode(&sound, &mut packet).unwrap();
        writing.packet(&packet[..length]);
    }
    writing.flush().unwrap();
    one
}

#[expect(clippy::cast_possible_truncation, reason = "it fits")]
fn tone(at: u32, hertz: f64) -> i16 {
    let turn = std::f64::consts::TAU * hertz * f64::from(at) / 16_000.0;
    (turn.sin() * 8_000.0) as i16
}

fn given(scratch: &Scratch, one: &Recording, form: RecordedForm) -> Vec<u8> {
    let pieces = scratch.shelf.sound(one, form).unwrap();
    pieces.flat_map(Result::unwrap).collect()
}

/// What another program's decoder hears, by channels; the rate is checked.
fn heard(octets: Vec<u8>) -> Vec<Vec<f64>> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(octets)), Default::default());
    let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let probe = symphonia::default::get_probe();
    let mut format = probe.probe(&Hint::new(), source, format, metadata).unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let codecs = symphonia::default::get_codecs();
    let options = AudioDecoderOptions::default();
    let mut decoder = codecs.make_audio_decoder(parameters, &options).unwrap();
    let (mut channels, mut piece) = (Vec::new(), Vec::<f32>::new());
    while let Ok(Some(packet)) = format.next_packet() {
        let sound = decoder.decode(&packet).unwrap();
        assert_eq!(sound.spec().rate(), 16_000);
        let count = sound.spec().channels().count();
        channels.resize(count, Vec::new());
        sound.copy_to_vec_interleaved(&mut piece);
        for (at, sample) in piece.iter().enumerate() {
            channels[at % count].push(f64::from(*sample));
        }
    }
    channels
}

/// How much of a sound's power lies at a frequency, its beginning and its end left out.
fn share(sound: &[f64], hertz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hertz / 16_000.0;
    let (mut re, mut im, mut power, mut angle) = (0.0, 0.0, 0.0, 0.0_f64);
    let steady = &sound[8_000..24_000];
    for sample in steady {
        re += sample * angle.cos();
        im += sample * angle.sin();
        power += sample * sample;
        angle += turn;
    }
    2.0 * (re * re + im * im) / (16_000.0 * power)
}

#[test]
fn an_mp3_of_two_sides_has_each_on_its_channel() {
    let scratch = Scratch::new("mp3-two");
    let one = of_tones(&scratch, RecordedSides::Stereo);
    let mp3 = given(&scratch, &one, RecordedForm::Mp3);
    // 128 kbit/s
    assert!((32_000..36_000).contains(&mp3.len()), "{}", mp3.len());
    let channels = heard(mp3);
    assert_eq!(channels.len(), 2);
    for (side, other) in [(0, 1), (1, 0)] {
        let own = share(&channels[side], TONES[side]);
        let alien = share(&channels[side], TONES[other]);
        assert!(own > 0.98 && alien < 0.005, "{side}: {own} {alien}");
    }
}

#[test]
fn an_mp3_of_one_channel_has_half_as_many_octets() {
    let scratch = Scratch::new("mp3-one");
    let one = of_tones(&scratch, RecordedSides::Both);
    let mp3 = given(&scratch, &one, RecordedForm::Mp3);
    assert!((16_000..18_000).contains(&mp3.len()), "{}", mp3.len());
    let channels = heard(mp3);
    assert_eq!(channels.len(), 1);
    assert!(share(&channels[0], TONES[0]) > 0.98);
    let lasts = channels[0].len();
    assert!(
        (31_000..36_000).contains(&lasts),
        "{lasts} of 32,000 samples"
    );
}

#[test]
fn a_wave_of_one_channel_says_so() {
    let scratch = Scratch::new("wave-one");
    let one = of_tones(&scratch, RecordedSides::Caller);
    let wave = given(&scratch, &one, RecordedForm::Wave);
    assert_eq!(wave.len() - 44, (2 * 16_000 - 104) * 2);
    let channels = heard(wave);
    assert_eq!(channels.len(), 1);
    assert!(share(&channels[0], TONES[0]) > 0.98);
}

#[test]
fn a_stream_of_one_channel_says_so_and_goes_on_behind_silence() {
    let scratch = Scratch::new("ogg-one");
    let one = of_tones(&scratch, RecordedSides::Called);
    let mut writing = scratch.shelf.resume(&one, later(&one, 3_000)).unwrap();
    writing.flush().unwrap();
    let stream = given(&scratch, &one, RecordedForm::Ogg);
    let packets = ogg::packets(&stream);
    assert_eq!(packets[0][9], 1, "channels (RFC 7845 section 5.1)");
    assert_eq!(packets.len(), 2 + 150);
    assert!(packets[2..].iter().all(|packet| packet[0] & 4 == 0));
}
