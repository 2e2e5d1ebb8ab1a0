//! The voices of this machine.

use std::path::Path;
use std::sync::Arc;

use config::Settings;
use ports::Voice;
use voices::{Espeak, Sets, Voices};

/// Where Debian's packages put recorded voices.
const PROMPTS: &str = "/usr/share/asterisk/sounds";

/// The program that makes a voice.
const ESPEAK: &str = "espeak-ng";

/// The voices that there are on this machine; what is missing is told to the operator.
pub(crate) fn found(settings: &Settings) -> Arc<dyn Voice> {
    let waves = Arc::new(sound::Reader::default());
    let folder = settings.prompts.as_deref().unwrap_or(Path::new(PROMPTS));
    let sets = Sets::in_folder(folder, waves.clone());
    let voices = Voices::new(sets, Espeak::found(Path::new(ESPEAK), waves));
    let recorded: Vec<&str> = voices
        .recorded()
        .into_iter()
        .map(domain::Language::code)
        .collect();
    tracing::info!(folder = %folder.display(), languages = recorded.join(" "), "recorded voices");
    if let Some(advice) = voices.advice() {
        tracing::warn!("{advice}");
    }
    Arc::new(voices)
}

/// The voice that can be made on this machine, for the command line.
pub(crate) fn made() -> Voices {
    let waves = Arc::new(sound::Reader::default());
    let none = Sets::in_folder(Path::new(""), waves.clone());
    Voices::new(none, Espeak::found(Path::new(ESPEAK), waves))
}
