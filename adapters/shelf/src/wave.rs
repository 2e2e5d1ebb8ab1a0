//! A recording as WAV: 16 bits, its own channels, at the rate at which it was made.

use ports::ShelfError;

use crate::decoded::{Decoded, RATE, samples_of};

/// Octets before the samples.
const HEAD: u32 = 44;

/// Octets of a sample.
const SAMPLE: u16 = 2;

/// The head, and then the sound page by page.
pub(crate) struct Wave {
    sound: Decoded,
    /// Still to be given.
    head: Option<Vec<u8>>,
}

impl Wave {
    /// Of a sound that is so long, in so many channels.
    pub(crate) fn new(sound: Decoded, lasts_ms: u64, channels: u8) -> Wave {
        let frames = samples_of(lasts_ms);
        let octets = frames * u64::from(channels) * u64::from(SAMPLE);
        // a head cannot tell of more than 4 GiB, which are 18 hours of two channels
        let octets = u32::try_from(octets).unwrap_or(u32::MAX - HEAD);
        let head = head(octets.min(u32::MAX - HEAD), channels);
        Wave {
            sound,
            head: Some(head),
        }
    }
}

impl Iterator for Wave {
    type Item = Result<Vec<u8>, ShelfError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(head) = self.head.take() {
            return Some(Ok(head));
        }
        let octets = |samples: Vec<i16>| -> Vec<u8> {
            samples.into_iter().flat_map(i16::to_le_bytes).collect()
        };
        Some(self.sound.next()?.map(octets))
    }
}

/// The head of a WAV with so many octets of samples.
fn head(octets: u32, channels: u8) -> Vec<u8> {
    let frame = u16::from(channels) * SAMPLE;
    let mut head = b"RIFF".to_vec();
    head.extend_from_slice(&(octets + HEAD - 8).to_le_bytes());
    head.extend_from_slice(b"WAVEfmt ");
    head.extend_from_slice(&16_u32.to_le_bytes());
    // linear samples, and their channels
    head.extend_from_slice(&[1, 0, channels, 0]);
    head.extend_from_slice(&RATE.to_le_bytes());
    head.extend_from_slice(&(RATE * u32::from(frame)).to_le_bytes());
    head.extend_from_slice(&frame.to_le_bytes());
    // bits of a sample
    head.extend_from_slice(&[16, 0]);
    head.extend_from_slice(b"data");
    head.extend_from_slice(&octets.to_le_bytes());
    head
}
