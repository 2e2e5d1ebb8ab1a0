//! Whoever makes a voice, and how what it gives is understood.

use phrases::Language;
use ports::{SoundReader, VoiceRefusal};

/// Where the length of all that follows stands in a WAV, and that of the samples.
const LENGTHS: [usize; 2] = [4, 40];

/// Makes a voice.
pub trait Maker: Send + Sync {
    /// Words, spoken: samples of one channel at 16 kHz.
    ///
    /// # Errors
    /// [`VoiceRefusal::Slow`] and [`VoiceRefusal::Failed`].
    fn speak(&self, language: Language, words: &str) -> Result<Vec<i16>, VoiceRefusal>;
}

/// The samples of a recording that was made.
pub(crate) fn understood(
    reader: &dyn SoundReader,
    recording: Vec<u8>,
) -> Result<Vec<i16>, VoiceRefusal> {
    let read = reader.read(with_lengths(recording));
    Ok(read.map_err(|error| failed(&error))?.samples)
}

pub(crate) fn failed(error: &dyn std::fmt::Display) -> VoiceRefusal {
    VoiceRefusal::Failed(error.to_string())
}

/// What is written while it is spoken begins before its length is known; here it is.
fn with_lengths(mut wave: Vec<u8>) -> Vec<u8> {
    let plain = wave.starts_with(b"RIFF") && wave.get(36..40) == Some(b"data");
    let length = wave.len();
    for at in LENGTHS.into_iter().filter(|_| plain) {
        let rest = u32::try_from(length.saturating_sub(at + 4)).unwrap_or(u32::MAX);
        if let Some(place) = wave.get_mut(at..at + 4) {
            place.copy_from_slice(&rest.to_le_bytes());
        }
    }
    wave
}
