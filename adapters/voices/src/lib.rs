//! Voices: sets of recordings that lie in a folder, and made voices for what no set says: that of a
//! speech engine, where there is one, and espeak-ng's.
//!
//! A phrase is said by the recorded voice of its language where that has every piece of it, and
//! else by the made voice from beginning to end: two voices in one sentence are hard to listen to.

mod engine;
mod espeak;
mod maker;
mod sets;

pub use engine::Engine;
pub use espeak::{Espeak, SPEAKS_WITHIN};
pub use maker::Maker;
pub use sets::{PIECE_OCTETS_MAX, Sets};

use phrases::{Language, Phrase, text};
use ports::{SPOKEN_TEXT_MAX, Voice, VoiceRefusal};

/// The voices that there are on a machine.
pub struct Voices {
    sets: Sets,
    made: Vec<Box<dyn Maker>>,
}

impl Voices {
    /// Of these sets, and of those that make a voice: the first is asked first, and where it fails
    /// the next.
    #[must_use]
    pub fn new(sets: Sets, made: Vec<Box<dyn Maker>>) -> Voices {
        Voices { sets, made }
    }

    /// What is missing for nobody to hear a tone in place of words, for the log of the operator;
    /// `None` where nothing is.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match (self.sets.is_empty(), self.made.is_empty()) {
            (_, false) => None,
            (true, true) => Some(
                "there is no voice: install espeak-ng, and asterisk-core-sounds-en-g722 for a \
                 recorded one",
            ),
            (false, true) => Some("texts are not spoken: install espeak-ng"),
        }
    }

    /// The languages that have recorded voices.
    #[must_use]
    pub fn recorded(&self) -> Vec<Language> {
        self.sets.languages()
    }

    fn make(&self, language: Language, words: &str) -> Result<Vec<i16>, VoiceRefusal> {
        let mut last = VoiceRefusal::NoVoice;
        for maker in &self.made {
            match maker.speak(language, words) {
                Ok(samples) => return Ok(samples),
                Err(refusal) => {
                    tracing::warn!(%refusal, "a voice could not be made");
                    last = refusal;
                }
            }
        }
        Err(last)
    }
}

impl Voice for Voices {
    fn phrase(&self, language: Language, phrase: &Phrase) -> Result<Vec<i16>, VoiceRefusal> {
        let pieces = phrase.pieces(language);
        if pieces.is_empty() {
            return Err(VoiceRefusal::Empty);
        }
        match self.sets.say(language, &pieces) {
            Some(samples) => Ok(samples),
            None => self.make(language, &text(&pieces)),
        }
    }

    fn text(&self, language: Language, text: &str) -> Result<Vec<i16>, VoiceRefusal> {
        if text.trim().is_empty() {
            return Err(VoiceRefusal::Empty);
        }
        if text.chars().count() > SPOKEN_TEXT_MAX {
            return Err(VoiceRefusal::Long {
                most: SPOKEN_TEXT_MAX,
            });
        }
        self.make(language, text)
    }
}
