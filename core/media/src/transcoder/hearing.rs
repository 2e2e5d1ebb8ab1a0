//! The first half of the way: from payloads to linear sound at the rate it is written in.

use std::time::Duration;

use audio::{Concealer, Rate, Resampler};

use crate::format::Codec;

/// Milliseconds of the longest frame that is heard; the rest of a longer one is left out.
const LONGEST_MS: usize = 120;

/// Octets of the longest payload of Opus that is taken: as much as fits an Ethernet frame.
const MOST_OPUS: usize = 1_460;

/// Decodes one stream.
#[derive(Debug)]
enum Decoder {
    /// A codec that keeps the wave: its losses are concealed from what was heard last.
    Wave {
        codec: audio::Codec,
        decoder: audio::Decoder,
        concealer: Concealer,
    },
    /// Opus conceals by itself.
    Opus(opus::Decoder),
}

/// What became of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Heard {
    /// How long it is.
    pub(crate) lasts: Duration,
    /// It was not there, or could not be decoded.
    pub(crate) made_up: bool,
}

/// One stream on its way to linear sound.
#[derive(Debug)]
pub(crate) struct Hearing {
    decoder: Decoder,
    /// The rate that the decoder gives.
    rate: Rate,
    resampler: Resampler,
    decoded: Vec<i16>,
    /// The frame heard last, and how much of the room it takes.
    frame: Vec<i16>,
    length: usize,
}

impl Hearing {
    /// Of a codec for another; `None` where one of them is not spoken here.
    pub(super) fn new(from: Codec, to: Codec) -> Option<Hearing> {
        // Opus gives and takes sound of any rate: that of the other.
        Hearing::at(from, rate_of(to).or(rate_of(from))?)
    }

    /// Of a codec at a rate; `None` where it is not spoken here.
    pub(crate) fn at(from: Codec, wanted: Rate) -> Option<Hearing> {
        let own = rate_of(from).unwrap_or(wanted);
        let decoder = match wave_of(from) {
            Some(codec) => Decoder::Wave {
                codec,
                decoder: audio::Decoder::new(codec),
                concealer: Concealer::new(own),
            },
            None if from == Codec::Opus => Decoder::Opus(opus::Decoder::new(own).ok()?),
            None => return None,
        };
        Some(Hearing {
            decoder,
            rate: own,
            resampler: Resampler::new(own, wanted),
            decoded: vec![0; LONGEST_MS * own.per_ms()],
            frame: vec![0; LONGEST_MS * wanted.per_ms() + 1],
            length: 0,
        })
    }

    /// The rate that is given.
    pub(super) fn rate(&self) -> Rate {
        self.resampler.to()
    }

    /// Octets of the longest payload that is understood.
    pub(crate) fn most_octets(&self) -> usize {
        match &self.decoder {
            Decoder::Wave { .. } => LONGEST_MS * audio::Codec::OCTETS_PER_MS,
            Decoder::Opus(_) => MOST_OPUS,
        }
    }

    /// How long a payload's sound is.
    pub(crate) fn length_of(&self, payload: &[u8]) -> Option<Duration> {
        let length = match &self.decoder {
            Decoder::Wave { codec, .. } => {
                let samples = payload.len() * codec.samples_per_octet();
                lasts(samples, self.rate)
            }
            Decoder::Opus(_) => opus::duration(payload)?,
        };
        let longest = Duration::from_millis(u64::try_from(LONGEST_MS).unwrap_or(0));
        (!length.is_zero() && length <= longest).then_some(length)
    }

    /// The frame heard last.
    pub(crate) fn frame(&self) -> &[i16] {
        self.frame.get(..self.length).unwrap_or_default()
    }

    /// Hears a payload; `frame` is how long it would have been if it could not be decoded.
    pub(crate) fn sound(&mut self, payload: &[u8], frame: Duration) -> Heard {
        let made = match &mut self.decoder {
            Decoder::Wave {
                decoder, concealer, ..
            } => {
                let made = decoder.decode(payload, &mut self.decoded);
                concealer.heard(self.decoded.get_mut(..made).unwrap_or_default());
                made
            }
            Decoder::Opus(decoder) => {
                let made = decoder.decode(payload, &mut self.decoded);
                made.unwrap_or(0)
            }
        };
        if made == 0 {
            return self.lost(frame, None);
        }
        self.give(made);
        Heard {
            lasts: lasts(made, self.rate),
            made_up: false,
        }
    }

    /// Makes up a frame that was lost, where the codec can by what the next payload tells of it.
    pub(crate) fn lost(&mut self, frame: Duration, next: Option<&[u8]>) -> Heard {
        let samples = self.samples(frame);
        let room = self.decoded.get_mut(..samples).unwrap_or_default();
        match &mut self.decoder {
            Decoder::Wave { concealer, .. } => concealer.lost(room),
            Decoder::Opus(decoder) => {
                let made = match next {
                    Some(next) => decoder.recover(next, room),
                    None => decoder.conceal(room),
                };
                room.iter_mut()
                    .skip(made.unwrap_or(0))
                    .for_each(|sample| *sample = 0);
            }
        }
        self.give(samples);
        Heard {
            lasts: frame,
            made_up: true,
        }
    }

    /// Hears nothing for the time of a frame.
    pub(super) fn silence(&mut self, frame: Duration) {
        let samples = self.samples(frame);
        let room = self.decoded.get_mut(..samples).unwrap_or_default();
        room.fill(0);
        match &mut self.decoder {
            Decoder::Wave { concealer, .. } => concealer.heard(room),
            Decoder::Opus(_) => {}
        }
        self.give(samples);
    }

    fn give(&mut self, samples: usize) {
        let decoded = self.decoded.get(..samples).unwrap_or_default();
        self.length = self.resampler.resample(decoded, &mut self.frame);
    }

    /// Samples of a frame, as far as there is room.
    fn samples(&self, frame: Duration) -> usize {
        let per_ms = u128::try_from(self.rate.per_ms()).unwrap_or(0);
        let samples = frame.as_micros() * per_ms / 1000;
        usize::try_from(samples)
            .unwrap_or(usize::MAX)
            .min(self.decoded.len())
    }
}

/// How long so many samples are.
fn lasts(samples: usize, rate: Rate) -> Duration {
    let micros = samples * 1000 / rate.per_ms();
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// The codec of those that keep the wave.
pub(super) fn wave_of(codec: Codec) -> Option<audio::Codec> {
    match codec {
        Codec::Pcmu => Some(audio::Codec::Pcmu),
        Codec::Pcma => Some(audio::Codec::Pcma),
        Codec::G722 => Some(audio::Codec::G722),
        Codec::Opus | Codec::Event | Codec::Comfort | Codec::Other(_) => None,
    }
}

/// The rate of a codec's own sound; none of Opus, which does all.
pub(crate) fn rate_of(codec: Codec) -> Option<Rate> {
    Rate::from_hertz(wave_of(codec)?.sample_rate())
}
