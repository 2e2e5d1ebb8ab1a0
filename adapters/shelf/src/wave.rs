//! A recording as WAV: 16 bits, two channels, at the rate at which it was made.

use audio::Rate;
use opus::Decoder;
use ports::ShelfError;

use crate::ogg::{PRE_SKIP, packets};
use crate::sound::Pages;

const RATE: u32 = 16_000;
const CHANNELS: u32 = 2;
const FRAME_OCTETS: u32 = CHANNELS * 2;

/// Octets before the samples.
const HEAD: u32 = 44;

/// Samples of all channels that one packet gives at most (120 ms).
const ROOM: usize = 120 * 16 * 2;

/// The stream's own packets: what says what it is, and what its tags are.
const HEADERS: usize = 2;

/// Decodes page by page.
pub(crate) struct Wave {
    pages: Pages,
    decoder: Decoder,
    /// Still to be given.
    head: Option<Vec<u8>>,
    /// Packets of the stream that carry no sound, still to come.
    headers: usize,
    /// Octets at the beginning that are left out.
    skip: usize,
}

impl Wave {
    pub(crate) fn new(pages: Pages, lasts_ms: u64) -> Result<Wave, ShelfError> {
        let decoder = Decoder::stereo(Rate::Wide);
        let decoder = decoder.map_err(|error| ShelfError::Unavailable(error.to_string()))?;
        let skipped = u64::from(PRE_SKIP) * u64::from(RATE) / 48_000;
        let frames = (lasts_ms * u64::from(RATE) / 1000).saturating_sub(skipped);
        // a head cannot tell of more than 4 GiB, which are 18 hours
        let octets = u32::try_from(frames * u64::from(FRAME_OCTETS)).unwrap_or(u32::MAX - HEAD);
        let octets = octets.min(u32::MAX - HEAD);
        let skip = skipped * u64::from(FRAME_OCTETS);
        Ok(Wave {
            pages,
            decoder,
            head: Some(head(octets)),
            headers: HEADERS,
            skip: usize::try_from(skip).unwrap_or(0),
        })
    }

    fn decode(&mut self, pages: &[u8]) -> Result<Vec<u8>, ShelfError> {
        let mut octets = Vec::new();
        let mut room = [0; ROOM];
        for packet in packets(pages) {
            if self.headers > 0 {
                self.headers -= 1;
                continue;
            }
            let made = self.decoder.decode(packet, &mut room);
            let made = made.map_err(|error| ShelfError::Damaged(error.to_string()))?;
            let samples = room.get(..made).unwrap_or_default();
            octets.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        }
        let skipped = self.skip.min(octets.len());
        self.skip -= skipped;
        octets.drain(..skipped);
        Ok(octets)
    }
}

impl Iterator for Wave {
    type Item = Result<Vec<u8>, ShelfError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(head) = self.head.take() {
            return Some(Ok(head));
        }
        let pages = self.pages.next()?;
        Some(pages.and_then(|pages| self.decode(&pages)))
    }
}

/// The head of a WAV with so many octets of samples.
fn head(octets: u32) -> Vec<u8> {
    let mut head = b"RIFF".to_vec();
    head.extend_from_slice(&(octets + HEAD - 8).to_le_bytes());
    head.extend_from_slice(b"WAVEfmt ");
    head.extend_from_slice(&16_u32.to_le_bytes());
    // linear samples, two channels
    head.extend_from_slice(&[1, 0, 2, 0]);
    head.extend_from_slice(&RATE.to_le_bytes());
    head.extend_from_slice(&(RATE * FRAME_OCTETS).to_le_bytes());
    // octets of a frame, bits of a sample
    head.extend_from_slice(&[4, 0, 16, 0]);
    head.extend_from_slice(b"data");
    head.extend_from_slice(&octets.to_le_bytes());
    head
}
