//! From packets to linear sound, with what makes up for packets that were lost.

use std::fmt;

use crate::encoder::sample_rate;
use crate::{Channels, LONGEST_MS, Problem};
use audio::Rate;

/// Decodes one stream. It allocates when it is made and never again.
pub struct Decoder {
    inner: opusic_c::Decoder,
    rate: Rate,
    channels: Channels,
    /// Sound as libopus gives it.
    sound: Vec<u16>,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("rate", &self.rate)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

impl Decoder {
    /// A decoder at the beginning of a stream, which gives sound of this rate whatever the stream
    /// was made of.
    ///
    /// # Errors
    /// [`Problem::Library`]: there is no memory.
    pub fn new(rate: Rate) -> Result<Self, Problem> {
        Self::of(rate, Channels::One)
    }

    /// The same with two channels, whose samples take turns, the left one first. Sound of one is
    /// given on both.
    ///
    /// # Errors
    /// [`Problem::Library`]: there is no memory.
    pub fn stereo(rate: Rate) -> Result<Self, Problem> {
        Self::of(rate, Channels::Two)
    }

    fn of(rate: Rate, channels: Channels) -> Result<Self, Problem> {
        let inner = opusic_c::Decoder::new(channels.of_library(), sample_rate(rate))?;
        Ok(Self {
            inner,
            rate,
            channels,
            sound: vec![0; LONGEST_MS * rate.per_ms() * channels.count()],
        })
    }

    /// Decodes a packet; gives the samples written, those of all channels. Those for which there is
    /// no room are lost: the longest packet has [`LONGEST_MS`] milliseconds.
    ///
    /// # Errors
    /// [`Problem::Malformed`], or [`Problem::Library`].
    pub fn decode(&mut self, packet: &[u8], samples: &mut [i16]) -> Result<usize, Problem> {
        // to libopus an empty packet is one that was lost
        if packet.is_empty() {
            return Err(Problem::Malformed);
        }
        let made = self.inner.decode_to_slice(packet, &mut self.sound, false)?;
        Ok(self.give(made, samples))
    }

    /// Makes up sound that was lost: all of `samples`, a multiple of 2.5 ms.
    ///
    /// # Errors
    /// [`Problem::Size`], or [`Problem::Library`].
    pub fn conceal(&mut self, samples: &mut [i16]) -> Result<usize, Problem> {
        self.lost(&[], samples)
    }

    /// Makes up sound that was lost, by what the packet behind it tells of it (RFC 6716
    /// section 2.1.7), if that tells anything. The packet itself is to be decoded afterwards.
    ///
    /// # Errors
    /// [`Problem::Malformed`], [`Problem::Size`] or [`Problem::Library`].
    pub fn recover(&mut self, next: &[u8], samples: &mut [i16]) -> Result<usize, Problem> {
        self.lost(next, samples)
    }

    fn lost(&mut self, next: &[u8], samples: &mut [i16]) -> Result<usize, Problem> {
        let fec = !next.is_empty();
        let room = self.sound.get_mut(..samples.len()).ok_or(Problem::Size)?;
        let made = self.inner.decode_to_slice(next, room, fec)?;
        Ok(self.give(made, samples))
    }

    fn give(&self, made: usize, samples: &mut [i16]) -> usize {
        let made = made * self.channels.count();
        let sound = self.sound.get(..made).unwrap_or_default();
        let pairs = samples.iter_mut().zip(sound);
        pairs
            .map(|(place, sample)| *place = sample.cast_signed())
            .count()
    }
}
