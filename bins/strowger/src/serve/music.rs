//! Fetches and encodes companies' own music on hold, on a thread that may wait.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

use admin::{Office, sounds};
use media::Prompt;
use node::MusicAsk;
use store::block_on;

use super::inbox::{Letter, Postbox};

/// Questions that wait at most; who asks beyond it asks again in a minute.
const ASKS_MAX: usize = 256;

/// Whoever fetches music. The thread ends with it.
pub(crate) struct MusicFetcher {
    asks: SyncSender<MusicAsk>,
}

impl MusicFetcher {
    /// Begins; what is found is posted to the shard.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub(crate) fn start(office: Office, postbox: Postbox) -> io::Result<MusicFetcher> {
        let (asks, asked) = sync_channel::<MusicAsk>(ASKS_MAX);
        let thread = thread::Builder::new().name("music".to_owned());
        thread.spawn(move || {
            for ask in asked {
                let found = fetched(&office, ask);
                // a shard that is too busy asks again when its patience is over
                let _lost = postbox.post(Letter::Music(ask, found));
            }
        })?;
        Ok(MusicFetcher { asks })
    }

    /// Asks for music.
    ///
    /// # Errors
    /// The question, where too many wait.
    pub(crate) fn fetch(&self, ask: MusicAsk) -> Result<(), MusicAsk> {
        self.asks.try_send(ask).map_err(|refusal| match refusal {
            TrySendError::Full(ask) | TrySendError::Disconnected(ask) => ask,
        })
    }
}

fn fetched(office: &Office, ask: MusicAsk) -> Option<Arc<Prompt>> {
    match block_on(sounds::samples(office, ask.tenant, &ask.sound.to_string())) {
        Ok(samples) => Some(Arc::new(Prompt::recorded(&samples))).filter(|p| !p.is_empty()),
        Err(error) => {
            tracing::warn!(tenant = %ask.tenant, sound = %ask.sound, %error, "no music on hold");
            None
        }
    }
}
