//! What is known of recordings, on its way into the store.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use domain::Recording;
use ids::RecordingId;
use ports::Stores;
use store::block_on;

use super::tally::Tally;
use crate::serve::store_writer::{Stop, StoreWriter};

/// Recordings that wait for the store in the queue at most.
const WAITING_MAX: usize = 1_024;

/// Recordings that the recorder keeps while the queue is full, each as it is known last; those
/// beyond it are found when the exchange starts anew.
const KEPT_MAX: usize = 16_384;

/// The recorder's end.
pub(super) struct Book {
    queue: SyncSender<Recording>,
    kept: BTreeMap<RecordingId, Recording>,
    tally: Arc<Tally>,
}

impl Book {
    /// Keeps what is known of a recording, in place of what was; never waits.
    pub(super) fn keep(&mut self, recording: Recording) {
        if self.kept.len() < KEPT_MAX {
            self.kept.insert(recording.id, recording);
        } else {
            self.tally.lost(1);
        }
        while let Some((id, recording)) = self.kept.pop_first() {
            match self.queue.try_send(recording) {
                Ok(()) => {}
                Err(TrySendError::Full(recording) | TrySendError::Disconnected(recording)) => {
                    self.kept.insert(id, recording);
                    return;
                }
            }
        }
    }
}

/// Starts the writer. What a store that is away does not take is found when the exchange starts
/// anew.
pub(super) fn start(store: Arc<dyn Stores>, tally: Arc<Tally>) -> io::Result<(Book, StoreWriter)> {
    let (queue, waiting) = sync_channel(WAITING_MAX);
    let counted = Arc::clone(&tally);
    let writer = StoreWriter::start("recordings", "recordings", move |stop| {
        write(&*store, &waiting, &stop, &counted);
    })?;
    let book = Book {
        queue,
        kept: BTreeMap::new(),
        tally,
    };
    Ok((book, writer))
}

fn write(store: &dyn Stores, waiting: &Receiver<Recording>, stop: &Stop, tally: &Tally) {
    while let Ok(first) = waiting.recv() {
        let batch: Vec<Recording> = std::iter::once(first).chain(waiting.try_iter()).collect();
        while let Err(error) = block_on(store.write_recordings(batch.clone())) {
            tally.refused();
            tracing::warn!(%error, "what is known of recordings waits for the store");
            if !stop.rest() {
                return;
            }
        }
    }
}
