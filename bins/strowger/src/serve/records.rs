//! Finished call records on their way from the shard to the store.
//!
//! Each record is in the journal before it comes here, so nothing that happens on this way can
//! lose one: what is not written before the process ends is found in the journal at the next
//! start, and the store keeps each id once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bus::Stored;
use domain::Cdr;
use ports::Stores;
use store::block_on;

/// Batches that wait for the store at most.
const BATCHES_MAX: usize = 1_024;

/// Records of one transaction at most.
const AT_ONCE: usize = 2_000;

/// How long the writer waits for more to write with the first. Each transaction waits for the
/// disk, and on a small machine it is the shard that pays for that.
const GATHER: Duration = Duration::from_millis(50);

/// Records the shard keeps while the queue is full; those beyond it are left to the journal.
const KEPT_MAX: usize = 100_000;

/// How long the writer rests when the store is away.
const REST: Duration = Duration::from_secs(1);

/// The shard's end.
pub(crate) struct Desk {
    queue: SyncSender<Vec<Cdr>>,
    kept: Vec<Cdr>,
    left_out: u64,
}

impl Desk {
    /// Sends records on; never waits.
    pub(crate) fn put(&mut self, records: &mut Vec<Cdr>) {
        if records.is_empty() && self.kept.is_empty() {
            return;
        }
        self.kept.append(records);
        match self.queue.try_send(std::mem::take(&mut self.kept)) {
            Ok(()) => {}
            Err(TrySendError::Full(records) | TrySendError::Disconnected(records)) => {
                self.kept = records;
                let over = self.kept.len().saturating_sub(KEPT_MAX);
                self.kept.truncate(KEPT_MAX);
                self.left_out += u64::try_from(over).unwrap_or(u64::MAX);
            }
        }
    }

    /// Records that were left to the journal.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }
}

/// What the writer counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Records written.
    pub(crate) written: AtomicU64,
    /// Times the store was away.
    pub(crate) refusals: AtomicU64,
}

/// Starts the writer.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn start(
    store: Arc<dyn Stores>,
    stored: Stored,
    tally: Arc<Tally>,
) -> std::io::Result<(Desk, Clerk)> {
    let (queue, batches) = sync_channel(BATCHES_MAX);
    let stopping = Arc::new(AtomicBool::new(false));
    let writer = Writer {
        stopping: Arc::clone(&stopping),
        store,
        stored,
        tally,
        batches,
    };
    let thread = std::thread::Builder::new()
        .name("records".to_owned())
        .spawn(move || writer.run())?;
    let desk = Desk {
        queue,
        kept: Vec::new(),
        left_out: 0,
    };
    Ok((desk, Clerk { thread, stopping }))
}

/// The running writer.
pub(crate) struct Clerk {
    thread: JoinHandle<()>,
    stopping: Arc<AtomicBool>,
}

impl Clerk {
    /// Waits until everything is written, once the shard's end is dropped. What a store that is
    /// away does not take is found in the journal at the next start.
    pub(crate) fn finish(self) {
        self.stopping.store(true, Ordering::Release);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::error!("the writer of call records has failed");
        }
    }
}

struct Writer {
    store: Arc<dyn Stores>,
    stored: Stored,
    tally: Arc<Tally>,
    batches: Receiver<Vec<Cdr>>,
    stopping: Arc<AtomicBool>,
}

impl Writer {
    fn run(self) {
        while let Ok(mut records) = self.batches.recv() {
            let until = Instant::now() + GATHER;
            while records.len() < AT_ONCE {
                let left = until.saturating_duration_since(Instant::now());
                let Ok(more) = self.batches.recv_timeout(left) else {
                    break;
                };
                records.extend(more);
            }
            self.write(records);
        }
    }

    fn write(&self, records: Vec<Cdr>) {
        let ids: Vec<_> = records.iter().map(|cdr| cdr.id).collect();
        while let Err(error) = block_on(self.store.write_cdrs(records.clone())) {
            self.tally.refusals.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "call records wait for the store");
            if self.stopping.load(Ordering::Acquire) {
                return;
            }
            // nothing is lost by waiting: the records are in the journal
            std::thread::park_timeout(REST);
        }
        let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        self.tally.written.fetch_add(count, Ordering::Relaxed);
        self.stored.tell(ids);
    }
}
