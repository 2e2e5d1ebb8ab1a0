//! A recording as linear sound, page by page.

use audio::Rate;
use opus::Decoder;
use ports::ShelfError;

use crate::ogg::{PRE_SKIP, packets};
use crate::sound::Pages;

/// Samples of a second and channel.
pub(crate) const RATE: u32 = 16_000;

/// Samples of all channels that one packet gives at most (120 ms of two).
const ROOM: usize = 120 * 16 * 2;

/// The stream's own packets: what says what it is, and what its tags are.
const HEADERS: usize = 2;

/// The sound of a recording; samples of its channels take turns. After an error nothing more comes.
pub(crate) struct Decoded {
    pages: Pages,
    decoder: Decoder,
    /// Packets of the stream that carry no sound, still to come.
    headers: usize,
    /// Samples at the beginning that are left out.
    skip: usize,
}

impl Decoded {
    /// In one channel, or two.
    pub(crate) fn new(pages: Pages, channels: u8) -> Result<Decoded, ShelfError> {
        let decoder = match channels {
            0 | 1 => Decoder::new(Rate::Wide),
            2..=u8::MAX => Decoder::stereo(Rate::Wide),
        };
        let decoder = decoder.map_err(|error| ShelfError::Unavailable(error.to_string()))?;
        let skip = skipped() * u64::from(channels);
        Ok(Decoded {
            pages,
            decoder,
            headers: HEADERS,
            skip: usize::try_from(skip).unwrap_or(0),
        })
    }

    fn decode(&mut self, pages: &[u8]) -> Result<Vec<i16>, ShelfError> {
        let mut samples = Vec::new();
        let mut room = [0; ROOM];
        for packet in packets(pages) {
            if self.headers > 0 {
                self.headers -= 1;
                continue;
            }
            let made = self.decoder.decode(packet, &mut room);
            let made = made.map_err(|error| ShelfError::Damaged(error.to_string()))?;
            samples.extend_from_slice(room.get(..made).unwrap_or_default());
        }
        let skipped = self.skip.min(samples.len());
        self.skip -= skipped;
        samples.drain(..skipped);
        Ok(samples)
    }
}

impl Iterator for Decoded {
    type Item = Result<Vec<i16>, ShelfError>;

    fn next(&mut self) -> Option<Self::Item> {
        let pages = self.pages.next()?;
        Some(pages.and_then(|pages| self.decode(&pages)))
    }
}

/// Samples of each channel at the beginning that are left out (RFC 7845 section 4.2).
fn skipped() -> u64 {
    u64::from(PRE_SKIP) * u64::from(RATE) / 48_000
}

/// Samples of each channel that a stream of so many milliseconds gives.
pub(crate) fn samples_of(lasts_ms: u64) -> u64 {
    (lasts_ms * u64::from(RATE) / 1000).saturating_sub(skipped())
}
