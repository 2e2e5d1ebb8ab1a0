//! Who speaks and who listens in a codec, and how alike two sounds are.

use audio::Rate;
use rtp::NewHeader;

use crate::format::{Codec, Format};
use crate::transcoder::hearing::wave_of;

/// Something like a voice at a rate, from a moment on (in milliseconds), for so many milliseconds:
/// a tone of 120 to 180 Hz with its overtones in syllables of 200 ms, each of its own pitch.
pub(crate) fn voice(rate: Rate, from_ms: u32, ms: u32) -> Vec<i16> {
    let per_ms = u32::try_from(rate.per_ms()).unwrap();
    let samples = from_ms * per_ms..(from_ms + ms) * per_ms;
    let turn = std::f64::consts::TAU;
    samples
        .map(|n| {
            let time = f64::from(n) / f64::from(rate.hertz());
            let syllable = (time * 5.0).floor();
            let pitch = 120.0 + (syllable * 37.0) % 60.0;
            let wave = |k: i32| (f64::from(k) * turn * pitch * time).sin() / f64::from(k);
            let sum: f64 = (1..=8).map(wave).sum();
            let loud = (time * 5.0).fract() * std::f64::consts::PI;
            #[allow(clippy::cast_possible_truncation)]
            let sample = (sum * loud.sin() * 5000.0) as i16;
            sample
        })
        .collect()
}

/// A tone at a rate, from a moment on (in milliseconds), for so many milliseconds.
fn tone(rate: Rate, from_ms: u32, ms: u32, pitch: Pitch) -> Vec<i16> {
    let per_ms = u32::try_from(rate.per_ms()).unwrap();
    let samples = from_ms * per_ms..(from_ms + ms) * per_ms;
    let turn = std::f64::consts::TAU * f64::from(pitch.hertz) / f64::from(rate.hertz());
    let sample = |n| {
        #[allow(clippy::cast_possible_truncation)]
        let sample = ((f64::from(n) * turn).sin() * pitch.level) as i16;
        sample
    };
    samples.map(sample).collect()
}

/// How alike a piece and what was heard of it are, at the displacement up to so many samples that
/// fits best: -1 to 1.
pub(crate) fn likeness(said: &[i16], heard: &[i16], most: usize) -> f64 {
    let shifts = 0..=most.min(heard.len());
    shifts
        .map(|shift| correlation(said, &heard[shift..]))
        .fold(-1.0, f64::max)
}

fn correlation(one: &[i16], other: &[i16]) -> f64 {
    let (mut product, mut energy) = (0_i64, (1_i64, 1_i64));
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (i64::from(*a), i64::from(*b));
        product += a * b;
        energy = (energy.0 + a * a, energy.1 + b * b);
    }
    #[allow(clippy::cast_precision_loss)]
    let alike = product as f64 / ((energy.0 as f64).sqrt() * (energy.1 as f64).sqrt());
    alike
}

enum Coder {
    Wave(audio::Encoder),
    Opus(Box<opus::Encoder>),
}

/// A tone that is said instead of words.
#[derive(Clone, Copy)]
pub(crate) struct Pitch {
    pub(crate) hertz: u32,
    /// Its amplitude.
    pub(crate) level: f64,
}

/// Who speaks in a format, packet by packet.
pub(crate) struct Mouth {
    coder: Coder,
    rate: Rate,
    format: Format,
    pub(crate) ptime_ms: u64,
    seq: u16,
    ts: u32,
    at_ms: u32,
    pub(crate) pitch: Option<Pitch>,
}

fn rate_of(codec: Codec) -> Rate {
    match codec {
        Codec::G722 | Codec::Opus => Rate::Wide,
        Codec::Pcmu | Codec::Pcma | Codec::Event | Codec::Comfort | Codec::Other(_) => Rate::Narrow,
    }
}

impl Mouth {
    pub(crate) fn new(format: Format, ptime_ms: u64) -> Mouth {
        let rate = rate_of(format.codec);
        let coder = match wave_of(format.codec) {
            Some(codec) => Coder::Wave(audio::Encoder::new(codec)),
            None => {
                let settings = opus::Settings {
                    fec: true,
                    ..opus::Settings::new(rate)
                };
                Coder::Opus(Box::new(opus::Encoder::new(&settings).unwrap()))
            }
        };
        Mouth {
            coder,
            rate,
            format,
            ptime_ms,
            seq: 100,
            ts: 5000,
            at_ms: 0,
            pitch: None,
        }
    }

    /// The same stream in another format from now on.
    pub(crate) fn after(other: &Mouth, format: Format) -> Mouth {
        Mouth {
            seq: other.seq,
            ts: other.ts,
            at_ms: other.at_ms,
            pitch: other.pitch,
            ..Mouth::new(format, other.ptime_ms)
        }
    }

    /// The numbers of the next packet.
    pub(crate) fn numbers(&self) -> (u16, u32) {
        (self.seq, self.ts)
    }

    /// So many packets were of something else.
    pub(crate) fn skip(&mut self, packets: u16) {
        self.seq = self.seq.wrapping_add(packets);
        self.pause(u32::from(packets) * u32::try_from(self.ptime_ms).unwrap());
    }

    /// Nothing is said for so long.
    pub(crate) fn pause(&mut self, ms: u32) {
        self.ts = self.ts.wrapping_add(ms * (self.format.clock / 1000));
        self.at_ms += ms;
    }

    pub(crate) fn packet(&mut self) -> (NewHeader, Vec<u8>) {
        let ms = u32::try_from(self.ptime_ms).unwrap();
        let sound = match self.pitch {
            Some(pitch) => tone(self.rate, self.at_ms, ms, pitch),
            None => voice(self.rate, self.at_ms, ms),
        };
        let mut payload = vec![0; 480];
        let octets = match &mut self.coder {
            Coder::Wave(encoder) => encoder.encode(&sound, &mut payload),
            Coder::Opus(encoder) => encoder.encode(&sound, &mut payload).unwrap(),
        };
        payload.truncate(octets);
        let packet = NewHeader {
            pt: self.format.payload,
            seq: self.seq,
            ts: self.ts,
            ssrc: 7,
            marker: false,
        };
        self.seq = self.seq.wrapping_add(1);
        self.pause(ms);
        (packet, payload)
    }
}

enum Reader {
    Wave(audio::Decoder),
    Opus(Box<opus::Decoder>),
}

/// Who hears a format.
pub(crate) struct Ear {
    reader: Reader,
    format: Format,
    pub(crate) sound: Vec<i16>,
}

impl Ear {
    pub(crate) fn new(format: Format, rate: Rate) -> Ear {
        let reader = match wave_of(format.codec) {
            Some(codec) => Reader::Wave(audio::Decoder::new(codec)),
            None => Reader::Opus(Box::new(opus::Decoder::new(rate).unwrap())),
        };
        Ear {
            reader,
            format,
            sound: Vec::new(),
        }
    }

    pub(crate) fn pt(&self) -> u8 {
        self.format.payload
    }

    pub(crate) fn take(&mut self, payload: &[u8]) {
        let mut samples = [0; 1920];
        let made = match &mut self.reader {
            Reader::Wave(decoder) => decoder.decode(payload, &mut samples),
            Reader::Opus(decoder) => decoder.decode(payload, &mut samples).unwrap(),
        };
        self.sound.extend_from_slice(&samples[..made]);
    }
}
