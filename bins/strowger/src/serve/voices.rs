//! What the exchange says to callers, spoken and encoded on a thread that may wait.

use std::io;
use std::sync::Arc;

use admin::{Office, sounds};
use media::Prompt;
use node::{SayAsk, Wording};
use ports::Voice;
use store::block_on;

use super::errands::Errands;
use super::inbox::{Letter, Postbox};

/// Begins to speak for the shard; what was spoken is posted to it. Where too much waits, who asks
/// hears the exchange's own announcement.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn speaker(
    office: Office,
    voice: Arc<dyn Voice>,
    postbox: Postbox,
) -> io::Result<Errands<SayAsk>> {
    Errands::start("voices", postbox, move |ask| {
        let said = said(&office, &*voice, &ask);
        Letter::Said(ask, said)
    })
}

fn said(office: &Office, voice: &dyn Voice, ask: &SayAsk) -> Option<Arc<Prompt>> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let samples = match &ask.wording {
        Wording::Phrase(language, phrase) => voice
            .phrase(*language, phrase)
            .map_err(|error| text(&error)),
        Wording::Text(language, words) => {
            voice.text(*language, words).map_err(|error| text(&error))
        }
        Wording::Sound(name) => {
            block_on(sounds::samples(office, ask.tenant, name)).map_err(|error| text(&error))
        }
    };
    match samples {
        Ok(samples) => Some(Arc::new(Prompt::recorded(&samples))).filter(|p| !p.is_empty()),
        Err(error) => {
            tracing::warn!(tenant = %ask.tenant, %error, "nothing to be heard");
            None
        }
    }
}
