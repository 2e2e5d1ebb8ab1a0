//! The codecs by name, and an encoder and decoder that are any of them.

use crate::{g711, g722};

/// A codec this crate speaks. All have 64 kbit/s: 8 octets per millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
}

impl Codec {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pcmu, Self::Pcma, Self::G722];

    /// Octets of one millisecond.
    pub const OCTETS_PER_MS: usize = 8;

    /// RTP clock in Hz, for all of them (G.722 too: RFC 3551 section 4.5.2).
    pub const RTP_CLOCK: u32 = 8000;

    /// The codec of this encoding name (RFC 3551 section 4.5); case does not count.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// Encoding name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
        }
    }

    /// Static payload number (RFC 3551 section 6).
    #[must_use]
    pub fn payload(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
        }
    }

    /// Samples per second of the linear sound.
    #[must_use]
    pub fn sample_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma => 8000,
            Self::G722 => 16000,
        }
    }

    /// Samples that one octet holds.
    #[must_use]
    pub fn samples_per_octet(self) -> usize {
        match self {
            Self::Pcmu | Self::Pcma => 1,
            Self::G722 => 2,
        }
    }
}

/// From linear sound to octets.
#[derive(Clone, Debug)]
pub enum Encoder {
    /// G.711 µ-law, without memory.
    Pcmu,
    /// G.711 A-law, without memory.
    Pcma,
    /// G.722, which remembers.
    G722(Box<g722::Encoder>),
}

impl Encoder {
    /// An encoder at the beginning of a stream.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::Pcma => Self::Pcma,
            Codec::G722 => Self::G722(Box::default()),
        }
    }

    /// Goes on where another encoder of the same codec is now, so that whoever has heard that one
    /// hears no seam; one of another codec changes nothing. It does not allocate.
    pub fn go_on_as(&mut self, other: &Self) {
        match (self, other) {
            (Self::G722(encoder), Self::G722(other)) => encoder.clone_from(other),
            // G.711 remembers nothing
            (Self::Pcmu | Self::Pcma | Self::G722(_), _) => {}
        }
    }

    /// Encodes as many samples as both have room for (of G.722: pairs); gives the octets written.
    pub fn encode(&mut self, samples: &[i16], octets: &mut [u8]) -> usize {
        match self {
            Self::Pcmu => each(samples, octets, g711::encode_mu),
            Self::Pcma => each(samples, octets, g711::encode_a),
            Self::G722(encoder) => encoder.encode(samples, octets),
        }
    }
}

/// From octets to linear sound.
#[derive(Clone, Debug)]
pub enum Decoder {
    /// G.711 µ-law, without memory.
    Pcmu,
    /// G.711 A-law, without memory.
    Pcma,
    /// G.722, which remembers.
    G722(Box<g722::Decoder>),
}

impl Decoder {
    /// A decoder at the beginning of a stream.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::Pcma => Self::Pcma,
            Codec::G722 => Self::G722(Box::default()),
        }
    }

    /// Decodes as many octets as both have room for; gives the samples written.
    pub fn decode(&mut self, octets: &[u8], samples: &mut [i16]) -> usize {
        match self {
            Self::Pcmu => each(octets, samples, g711::decode_mu),
            Self::Pcma => each(octets, samples, g711::decode_a),
            Self::G722(decoder) => decoder.decode(octets, samples),
        }
    }
}

fn each<A: Copy, B>(from: &[A], to: &mut [B], convert: impl Fn(A) -> B) -> usize {
    let pairs = to.iter_mut().zip(from);
    pairs.map(|(to, from)| *to = convert(*from)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_codec_is_found_by_its_name_in_any_case() {
        for codec in Codec::ALL {
            assert_eq!(Codec::from_name(codec.name()), Some(codec));
            assert_eq!(Codec::from_name(&codec.name().to_lowercase()), Some(codec));
        }
        assert_eq!(Codec::from_name("opus"), None);
    }

    #[test]
    fn a_frame_of_20_ms_has_160_octets_in_every_codec() {
        for codec in Codec::ALL {
            let samples = usize::try_from(codec.sample_rate() / 50).unwrap_or(0);
            let mut octets = [0; 200];
            let written = Encoder::new(codec).encode(&vec![1000; samples], &mut octets);
            assert_eq!(written, 20 * Codec::OCTETS_PER_MS);
            let mut back = [0; 400];
            let written = Decoder::new(codec).decode(&octets[..written], &mut back);
            assert_eq!(written, samples);
        }
    }

    #[test]
    fn an_encoder_that_goes_on_as_another_makes_the_same_octets() {
        let sound = |from: i16| -> Vec<i16> { (from..from + 320).map(|n| n % 40 * 150).collect() };
        for codec in Codec::ALL {
            let (mut one, mut other) = (Encoder::new(codec), Encoder::new(codec));
            let (mut by_one, mut by_other) = ([0; 160], [0; 160]);
            for from in [0, 320, 640] {
                one.encode(&sound(from), &mut by_one);
            }
            other.go_on_as(&one);
            one.encode(&sound(960), &mut by_one);
            other.encode(&sound(960), &mut by_other);
            assert_eq!(by_one, by_other, "{codec:?}");
        }
        let mut mu = Encoder::new(Codec::Pcmu);
        mu.go_on_as(&Encoder::new(Codec::G722));
        let mut octets = [0; 160];
        assert_eq!(
            mu.encode(&[0; 160], &mut octets),
            160,
            "still of its own codec"
        );
    }

    #[test]
    fn a_buffer_too_small_takes_what_fits() {
        for codec in Codec::ALL {
            let mut octets = [0; 10];
            assert_eq!(Encoder::new(codec).encode(&[0; 100], &mut octets), 10);
            // G.722 makes pairs: the odd place stays free
            let fits = 7 / codec.samples_per_octet() * codec.samples_per_octet();
            assert_eq!(Decoder::new(codec).decode(&octets, &mut [0; 7]), fits);
            assert_eq!(Decoder::new(codec).decode(&[], &mut [0; 7]), 0);
        }
    }
}
