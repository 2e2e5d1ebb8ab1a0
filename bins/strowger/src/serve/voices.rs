//! What the exchange says to callers, spoken and encoded on a thread that may wait.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

use admin::{Office, sounds};
use media::Prompt;
use node::{SayAsk, Wording};
use ports::Voice;
use store::block_on;

use super::inbox::{Letter, Postbox};

/// Questions that wait at most; who asks beyond it hears the exchange's own announcement.
const ASKS_MAX: usize = 256;

/// Whoever speaks for the shard. The thread ends with it.
pub(crate) struct Speaker {
    asks: SyncSender<SayAsk>,
}

impl Speaker {
    /// Begins; what was spoken is posted to the shard.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub(crate) fn start(
        office: Office,
        voice: Arc<dyn Voice>,
        postbox: Postbox,
    ) -> io::Result<Speaker> {
        let (asks, asked) = sync_channel::<SayAsk>(ASKS_MAX);
        let thread = thread::Builder::new().name("voices".to_owned());
        thread.spawn(move || {
            for ask in asked {
                let said = said(&office, &*voice, &ask);
                // a shard that is too busy asks again when its patience is over
                let _lost = postbox.post(Letter::Said(ask, said));
            }
        })?;
        Ok(Speaker { asks })
    }

    /// Asks for something to be said.
    ///
    /// # Errors
    /// The question, where too many wait.
    pub(crate) fn ask(&self, ask: SayAsk) -> Result<(), SayAsk> {
        self.asks.try_send(ask).map_err(|refusal| match refusal {
            TrySendError::Full(ask) | TrySendError::Disconnected(ask) => ask,
        })
    }
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
