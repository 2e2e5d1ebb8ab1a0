//! Questions of the shard for a thread that may wait. Each is answered by a letter.

use std::io;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

use super::inbox::{Letter, Postbox};

/// Questions that wait at most.
const ASKS_MAX: usize = 256;

/// The shard's end. The thread ends with it.
pub(crate) struct Errands<A> {
    asks: SyncSender<A>,
}

impl<A: Send + 'static> Errands<A> {
    /// Starts a thread of this name, which has each question answered.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub(crate) fn start(
        name: &str,
        postbox: Postbox,
        answer: impl Fn(A) -> Letter + Send + 'static,
    ) -> io::Result<Errands<A>> {
        let (asks, asked) = sync_channel::<A>(ASKS_MAX);
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(move || {
            for ask in asked {
                // a shard that is too busy asks again when its patience is over
                let _lost = postbox.post(answer(ask));
            }
        })?;
        Ok(Errands { asks })
    }

    /// Asks.
    ///
    /// # Errors
    /// The question, where too many wait.
    pub(crate) fn ask(&self, ask: A) -> Result<(), A> {
        self.asks.try_send(ask).map_err(|refusal| match refusal {
            TrySendError::Full(ask) | TrySendError::Disconnected(ask) => ask,
        })
    }
}
