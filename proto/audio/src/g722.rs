//! G.722 at 64 kbit/s (ITU-T G.722, mode 1): two sub-bands of 4 kHz, split and joined by a
//! quadrature mirror filter; the lower is coded with six bits a sample and the upper with two,
//! each as the difference from what an adaptive predictor expects.
//!
//! Names of steps in comments are those of the recommendation's sections 3 and 4 and its blocks.

mod band;
mod mirror;
mod tables;

use band::{Higher, Lower};
use mirror::Mirror;

use crate::saturated;

/// Encodes 16 kHz linear sound.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    mirror: Mirror,
    lower: Lower,
    higher: Higher,
}

impl Encoder {
    /// An encoder at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Encodes pairs of samples, as many as both have room for; gives the octets written.
    pub fn encode(&mut self, samples: &[i16], octets: &mut [u8]) -> usize {
        let (pairs, _) = samples.as_chunks::<2>();
        let both = octets.iter_mut().zip(pairs);
        both.map(|(octet, pair)| *octet = self.pair(*pair)).count()
    }

    fn pair(&mut self, [first, second]: [i16; 2]) -> u8 {
        let (odd, even) = self.mirror.push(first.into(), second.into());
        let low = self.lower.encode((even + odd) >> 14);
        let high = self.higher.encode((even - odd) >> 14);
        high << 6 | low
    }
}

/// Decodes to 16 kHz linear sound.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    mirror: Mirror,
    lower: Lower,
    higher: Higher,
}

impl Decoder {
    /// A decoder at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes octets to pairs of samples, as many as both have room for; gives the samples
    /// written.
    pub fn decode(&mut self, octets: &[u8], samples: &mut [i16]) -> usize {
        let (pairs, _) = samples.as_chunks_mut::<2>();
        let both = pairs.iter_mut().zip(octets);
        2 * both.map(|(pair, octet)| *pair = self.pair(*octet)).count()
    }

    fn pair(&mut self, octet: u8) -> [i16; 2] {
        let low = self.lower.decode(octet & 0x3f);
        let high = self.higher.decode(octet >> 6);
        let (odd, even) = self.mirror.push(low + high, low - high);
        [saturated(even >> 11), saturated(odd >> 11)]
    }
}

#[cfg(test)]
mod tests;
