//! What the measurements of this crate share: a clock, formats, and a voice.
#![allow(dead_code, reason = "not every measurement needs all of it")]

use std::error::Error;
use std::fs;
use std::time::Instant as Wall;

use audio::Rate;
use machine::Random;
use media::{Codec, Format};

pub(crate) const PCMA: Format = Format {
    payload: 8,
    codec: Codec::Pcma,
    clock: 8_000,
};
pub(crate) const G722: Format = Format {
    payload: 9,
    codec: Codec::G722,
    clock: 8_000,
};
pub(crate) const OPUS: Format = Format {
    payload: 111,
    codec: Codec::Opus,
    clock: 48_000,
};

/// Nanoseconds that a thread has been on a core; else of the wall, from a moment on.
pub(crate) struct Clock {
    begin: Wall,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock { begin: Wall::now() }
    }

    /// `/proc/thread-self/schedstat` of Linux: its first number is the time on a core.
    pub(crate) fn now(&self) -> u128 {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok();
        let own = text.and_then(|text| text.split(' ').next()?.parse().ok());
        own.unwrap_or_else(|| self.begin.elapsed().as_nanos())
    }
}

/// What is said while something is measured.
pub(crate) struct Manner {
    /// Two take turns: it speaks every other three seconds only.
    turns: bool,
    /// Bits of the noise in it.
    noise: u32,
    /// Whether Opus tells of the packet before as well.
    fec: bool,
}

/// One who never pauses.
pub(crate) const STEADY: Manner = Manner {
    turns: false,
    noise: 0x1ff,
    fec: true,
};
/// One of two who take turns.
pub(crate) const IN_TURNS: Manner = Manner {
    turns: true,
    noise: 0x3f,
    fec: false,
};

/// 20 ms of something like a voice: overtones of 130 Hz in syllables, with a little noise.
fn voice(rate: Rate, packet: u16, manner: &Manner, random: &mut Random) -> Vec<i16> {
    let samples = rate.per_ms() * 20;
    let first = samples * usize::from(packet);
    let speaks = !manner.turns || (packet / 150).is_multiple_of(2);
    let mut sample = |at: usize| {
        #[allow(clippy::cast_precision_loss)]
        let time = at as f64 / f64::from(rate.hertz());
        let turn = std::f64::consts::TAU * 130.0 * time;
        let sum: f64 = (1..=8_i32)
            .map(|k| (f64::from(k) * turn).sin() / f64::from(k))
            .sum();
        let loud = ((time * 4.0).fract() * std::f64::consts::PI).sin();
        let noise = f64::from(random.next_u32() & manner.noise);
        let said = if speaks { sum * loud * 5_000.0 } else { 0.0 };
        #[allow(clippy::cast_possible_truncation)]
        let sample = (said + noise) as i16;
        sample
    };
    (first..first + samples).map(&mut sample).collect()
}

/// The payloads of so many packets of a voice in a codec.
///
/// # Errors
/// What libopus refuses.
pub(crate) fn payloads(
    codec: Codec,
    packets: u16,
    manner: &Manner,
) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut random = Random::from_seed(7);
    let mut room = [0; 1_500];
    if codec == Codec::Opus {
        let settings = opus::Settings {
            fec: manner.fec,
            ..opus::Settings::new(Rate::Wide)
        };
        let mut encoder = opus::Encoder::new(&settings)?;
        return (0..packets)
            .map(|n| {
                let said = voice(Rate::Wide, n, manner, &mut random);
                let octets = encoder.encode(&said, &mut room)?;
                Ok(room[..octets].to_vec())
            })
            .collect();
    }
    let (wave, rate) = if codec == Codec::G722 {
        (audio::Codec::G722, Rate::Wide)
    } else {
        (audio::Codec::Pcma, Rate::Narrow)
    };
    let mut encoder = audio::Encoder::new(wave);
    let packet = |n| {
        let octets = encoder.encode(&voice(rate, n, manner, &mut random), &mut room);
        room[..octets].to_vec()
    };
    Ok((0..packets).map(packet).collect())
}
