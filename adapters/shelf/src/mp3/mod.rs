//! A recording as MP3: the same number of kbit/s throughout, its own channels, at the rate at which
//! it was made (MPEG-2 Audio Layer III, ISO/IEC 13818-3).

mod lame;

use ports::ShelfError;

use crate::decoded::{Decoded, RATE};
use lame::Encoder;

/// Kbit/s of a channel.
const KBITS: u16 = 64;

/// Encodes the sound page by page.
pub(crate) struct Mp3 {
    sound: Decoded,
    channels: u8,
    /// `None` behind the end.
    encoder: Option<Encoder>,
}

impl Mp3 {
    /// Of a sound in so many channels.
    pub(crate) fn new(sound: Decoded, channels: u8) -> Result<Mp3, ShelfError> {
        let encoder = Encoder::new(RATE, channels, KBITS * u16::from(channels));
        let encoder = encoder.map_err(ShelfError::NotMade)?;
        Ok(Mp3 {
            sound,
            channels,
            encoder: Some(encoder),
        })
    }
}

impl Iterator for Mp3 {
    type Item = Result<Vec<u8>, ShelfError>;

    fn next(&mut self) -> Option<Self::Item> {
        let encoder = self.encoder.as_mut()?;
        match self.sound.next() {
            Some(Ok(samples)) if self.channels == 1 => Some(Ok(encoder.encode(&samples, &samples))),
            Some(Ok(samples)) => {
                let (left, right): (Vec<i16>, Vec<i16>) = samples
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|[left, right]| (*left, *right))
                    .unzip();
                Some(Ok(encoder.encode(&left, &right)))
            }
            Some(Err(error)) => {
                self.encoder = None;
                Some(Err(error))
            }
            None => {
                let last = encoder.finish();
                self.encoder = None;
                Some(Ok(last))
            }
        }
    }
}
