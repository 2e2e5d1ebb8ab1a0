//! Understanding a sound that somebody has uploaded.

use std::fmt;

use domain::SoundFacts;

/// A sound, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadSound {
    /// What came, and how much is kept.
    pub facts: SoundFacts,
    /// One channel at 16 kHz, levelled.
    pub samples: Vec<i16>,
}

/// Why what came is no sound that could be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SoundRefusal {
    /// None of the forms that are read.
    Unknown,
    /// One of them, and damaged.
    Damaged(String),
    /// It is shorter than a tenth of a second.
    Short,
    /// It is longer than any may be.
    Long {
        /// The bound, in seconds.
        most: u32,
    },
    /// To understand it takes longer than anybody waits.
    Slow,
}

impl fmt::Display for SoundRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SoundRefusal::Unknown => {
                f.write_str("must be WAV, MP3, FLAC or Ogg Vorbis, told by what is in it")
            }
            SoundRefusal::Damaged(how) => write!(f, "is damaged: {how}"),
            SoundRefusal::Short => f.write_str("must last a tenth of a second at least"),
            SoundRefusal::Long { most } => write!(f, "must last at most {most} seconds"),
            SoundRefusal::Slow => f.write_str("takes too long to be understood"),
        }
    }
}

impl std::error::Error for SoundRefusal {}

/// Whoever understands sounds. It may take a processor for some seconds.
pub trait SoundReader: Send + Sync {
    /// Understands what came, whatever its sender calls it, and brings it into the form in which
    /// sounds are kept.
    ///
    /// # Errors
    /// [`SoundRefusal`].
    fn read(&self, octets: Vec<u8>) -> Result<ReadSound, SoundRefusal>;
}

/// Understands nothing: for whoever serves no sounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSoundReader;

impl SoundReader for NoSoundReader {
    fn read(&self, _: Vec<u8>) -> Result<ReadSound, SoundRefusal> {
        Err(SoundRefusal::Unknown)
    }
}
