//! The voices of this machine.

use std::path::Path;
use std::sync::Arc;

use config::{Settings, Speech};
use domain::Language;
use notify::{HttpSpeech, SPEECH_TIMES, SpeechVoices};
use ports::Voice;
use sound::Reader;
use voices::{Engine, Espeak, Maker, Sets, Voices};

use crate::failure::Failure;

/// Where Debian's packages put recorded voices.
const PROMPTS: &str = "/usr/share/asterisk/sounds";

/// The program that makes a voice.
const ESPEAK: &str = "espeak-ng";

/// The voices that there are on this machine, and that of a speech engine where one is set; what is
/// missing is told to the operator.
///
/// # Errors
/// TLS cannot be set up, or the engine cannot be asked by what is set of it.
pub(crate) fn found(settings: &Settings, agent: &str) -> Result<Arc<dyn Voice>, Failure> {
    let waves = Arc::new(Reader::default());
    let folder = settings.prompts.as_deref().unwrap_or(Path::new(PROMPTS));
    let sets = Sets::in_folder(folder, waves.clone());
    let engine = settings.speech.as_ref();
    let engine = engine.map(|speech| engine_of(speech, agent, Arc::clone(&waves)));
    let makers = engine.transpose()?.into_iter().chain(espeak(waves));
    let voices = Voices::new(sets, makers.collect());
    let recorded: Vec<&str> = voices.recorded().into_iter().map(Language::code).collect();
    tracing::info!(folder = %folder.display(), languages = recorded.join(" "), "recorded voices");
    if let Some(advice) = voices.advice() {
        tracing::warn!("{advice}");
    }
    Ok(Arc::new(voices))
}

fn espeak(waves: Arc<Reader>) -> Option<Box<dyn Maker>> {
    let found = Espeak::found(Path::new(ESPEAK), waves)?;
    Some(Box::new(found))
}

fn engine_of(speech: &Speech, agent: &str, waves: Arc<Reader>) -> Result<Box<dyn Maker>, Failure> {
    let tls = notify::client_config().map_err(|error| Failure::internal(error.to_string()))?;
    let single = speech.voices.iter().map(|(code, voice)| {
        let mut known = Language::ALL.into_iter();
        let language = known.find(|known| known.code() == code).ok_or_else(|| {
            Failure::new(format!("speech_voices: the exchange speaks no {code}"))
                .next("name one of its languages: de, en, es, fr, it, ru")
        });
        Ok((language?, voice.clone()))
    });
    let voices = SpeechVoices {
        model: speech.model.clone(),
        all: speech.voice.clone(),
        single: single.collect::<Result<_, Failure>>()?,
    };
    let place = (&*speech.url, speech.key.as_deref());
    let engine = HttpSpeech::new(place, voices, (tls, SPEECH_TIMES), agent);
    let engine = engine.map_err(|error| {
        Failure::new(format!("speech_url: {error}")).next("correct --speech-url and --speech-key")
    })?;
    tracing::info!(url = speech.url, "texts are spoken by a speech engine");
    Ok(Box::new(Engine::new(Arc::new(engine), waves)))
}

/// The voice that can be made on this machine, for the command line.
pub(crate) fn made() -> Voices {
    let waves = Arc::new(Reader::default());
    let none = Sets::in_folder(Path::new(""), waves.clone());
    Voices::new(none, espeak(waves).into_iter().collect())
}
