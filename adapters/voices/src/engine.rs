//! A voice that is made elsewhere, by a speech engine.

use std::sync::Arc;

use phrases::Language;
use ports::{SoundReader, SpeechEngine, VoiceRefusal};

use crate::maker::{Maker, understood};

/// A speech engine, and whoever reads the recordings that it gives.
pub struct Engine {
    engine: Arc<dyn SpeechEngine>,
    reader: Arc<dyn SoundReader>,
}

impl Engine {
    /// An engine, whose recordings are understood by `reader`.
    #[must_use]
    pub fn new(engine: Arc<dyn SpeechEngine>, reader: Arc<dyn SoundReader>) -> Engine {
        Engine { engine, reader }
    }
}

impl Maker for Engine {
    fn speak(&self, language: Language, words: &str) -> Result<Vec<i16>, VoiceRefusal> {
        understood(&*self.reader, self.engine.speak(language, words)?)
    }
}
