//! Whoever speaks for the exchange: recorded voices, and made ones.

use std::fmt;

use phrases::{Language, Phrase};

/// Most characters of a text that is spoken.
pub const SPOKEN_TEXT_MAX: usize = 1_000;

/// Why nothing was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoiceRefusal {
    /// There is neither a recorded voice that says it nor one that could be made.
    NoVoice,
    /// There are no words.
    Empty,
    /// The text is longer than any may be.
    Long {
        /// The bound, in characters.
        most: usize,
    },
    /// It takes longer than anybody waits.
    Slow,
    /// The voice has failed.
    Failed(String),
}

impl fmt::Display for VoiceRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VoiceRefusal::NoVoice => f.write_str("there is no voice for it"),
            VoiceRefusal::Empty => f.write_str("must have words"),
            VoiceRefusal::Long { most } => write!(f, "must have at most {most} characters"),
            VoiceRefusal::Slow => f.write_str("takes too long to be spoken"),
            VoiceRefusal::Failed(how) => write!(f, "the voice has failed: {how}"),
        }
    }
}

impl std::error::Error for VoiceRefusal {}

/// Whoever speaks. It may take a processor for a second, so it is asked by threads that may wait.
pub trait Voice: Send + Sync {
    /// A phrase, by the rules of a language: samples of one channel at 16 kHz.
    ///
    /// # Errors
    /// [`VoiceRefusal`].
    fn phrase(&self, language: Language, phrase: &Phrase) -> Result<Vec<i16>, VoiceRefusal>;

    /// A text that somebody has written, likewise.
    ///
    /// # Errors
    /// [`VoiceRefusal`].
    fn text(&self, language: Language, text: &str) -> Result<Vec<i16>, VoiceRefusal>;
}

/// Makes a voice elsewhere. It is asked by threads that may wait.
pub trait SpeechEngine: Send + Sync {
    /// A recording of words, in any form that a [`SoundReader`](crate::SoundReader) reads.
    ///
    /// # Errors
    /// [`VoiceRefusal::Slow`] and [`VoiceRefusal::Failed`].
    fn speak(&self, language: Language, words: &str) -> Result<Vec<u8>, VoiceRefusal>;
}

/// Says nothing: for whoever has no voice.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoVoice;

impl Voice for NoVoice {
    fn phrase(&self, _: Language, _: &Phrase) -> Result<Vec<i16>, VoiceRefusal> {
        Err(VoiceRefusal::NoVoice)
    }

    fn text(&self, _: Language, _: &str) -> Result<Vec<i16>, VoiceRefusal> {
        Err(VoiceRefusal::NoVoice)
    }
}
