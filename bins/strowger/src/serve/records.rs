//! Finished call records, and what companies are told, on their way from the shard to the store.
//!
//! Each record is in the journal before it comes here, so nothing that happens on this way can
//! lose one: what is not written before the process ends is found in the journal at the next
//! start, and the store keeps each id once. What a record tells of its call is told again with it,
//! so of the events only those between can be lost: holds, transfers, registrations.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use bus::Stored;
use domain::{Cdr, Event, Ladder, LateReport};
use node::Outbox;
use ports::Stores;
use store::block_on;

use super::store_writer::{Stop, StoreWriter};

/// Batches that wait for the store at most.
const BATCHES_MAX: usize = 1_024;

/// Records of one transaction at most.
const AT_ONCE: usize = 2_000;

/// How long the writer waits for more to write with the first. Each transaction waits for the
/// disk, and on a small machine it is the shard that pays for that.
const GATHER: Duration = Duration::from_millis(50);

/// Records the shard keeps while the queue is full; those beyond it are left to the journal.
const KEPT_MAX: usize = 100_000;

/// Events the shard keeps while the queue is full; those beyond it are counted and not told.
const EVENTS_MAX: usize = 100_000;

/// Ladders the shard keeps while the queue is full; those beyond it are counted and not kept.
const LADDERS_MAX: usize = 10_000;

/// Reports of telephones the shard keeps while the queue is full; those beyond it are not kept.
const REPORTS_MAX: usize = 10_000;

/// What is written at once: first what happened, then how it ended.
#[derive(Default)]
struct Batch {
    events: Vec<Event>,
    records: Vec<Cdr>,
    /// Of records that were written before, or are written with these.
    ladders: Vec<Ladder>,
    /// Likewise.
    reports: Vec<LateReport>,
}

/// What there was no room for.
struct Cut {
    records: u64,
    events: u64,
    ladders: u64,
}

/// Bounds a list; gives how many were left out.
fn cut<T>(list: &mut Vec<T>, most: usize) -> u64 {
    let over = list.len().saturating_sub(most);
    list.truncate(most);
    u64::try_from(over).unwrap_or(u64::MAX)
}

impl Batch {
    fn len(&self) -> usize {
        self.events.len() + self.records.len() + self.ladders.len() + self.reports.len()
    }

    fn append(&mut self, other: &mut Batch) {
        self.events.append(&mut other.events);
        self.records.append(&mut other.records);
        self.ladders.append(&mut other.ladders);
        self.reports.append(&mut other.reports);
    }

    /// Bounds each part.
    fn cut(&mut self) -> Cut {
        cut(&mut self.reports, REPORTS_MAX);
        Cut {
            records: cut(&mut self.records, KEPT_MAX),
            events: cut(&mut self.events, EVENTS_MAX),
            ladders: cut(&mut self.ladders, LADDERS_MAX),
        }
    }
}

/// The shard's end.
pub(crate) struct Desk {
    queue: SyncSender<Batch>,
    kept: Batch,
    left_out: u64,
    tally: Arc<Tally>,
}

impl Desk {
    /// Sends records, events and ladders on; never waits.
    pub(crate) fn put(&mut self, outbox: &mut Outbox) {
        self.kept.records.append(&mut outbox.records);
        self.kept.events.append(&mut outbox.events);
        self.kept.ladders.append(&mut outbox.late.ladders);
        self.kept.reports.append(&mut outbox.late.reports);
        if self.kept.len() == 0 {
            return;
        }
        match self.queue.try_send(std::mem::take(&mut self.kept)) {
            Ok(()) => {}
            Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) => {
                self.kept = batch;
                let cut = self.kept.cut();
                self.left_out += cut.records;
                self.tally.untold.fetch_add(cut.events, Ordering::Relaxed);
                self.tally.unkept.fetch_add(cut.ladders, Ordering::Relaxed);
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
    /// Events written.
    pub(crate) events: AtomicU64,
    /// Events dropped because too many waited.
    pub(crate) untold: AtomicU64,
    /// Ladders written.
    pub(crate) ladders: AtomicU64,
    /// Ladders dropped because too many waited.
    pub(crate) unkept: AtomicU64,
    /// Times the store was away.
    pub(crate) refusals: AtomicU64,
}

/// Starts the writer. What a store that is away does not take is found in the journal at the next
/// start.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn start(
    store: Arc<dyn Stores>,
    stored: Stored,
    tally: Arc<Tally>,
) -> std::io::Result<(Desk, StoreWriter)> {
    let (queue, batches) = sync_channel(BATCHES_MAX);
    let counted = Arc::clone(&tally);
    let clerk = StoreWriter::start("records", "call records", move |stop| {
        let writer = Writer {
            stop,
            store,
            stored,
            tally: counted,
            batches,
        };
        writer.run();
    })?;
    let desk = Desk {
        queue,
        kept: Batch::default(),
        left_out: 0,
        tally,
    };
    Ok((desk, clerk))
}

struct Writer {
    store: Arc<dyn Stores>,
    stored: Stored,
    tally: Arc<Tally>,
    batches: Receiver<Batch>,
    stop: Stop,
}

impl Writer {
    fn run(self) {
        while let Ok(mut batch) = self.batches.recv() {
            let until = Instant::now() + GATHER;
            while batch.len() < AT_ONCE {
                let left = until.saturating_duration_since(Instant::now());
                let Ok(mut more) = self.batches.recv_timeout(left) else {
                    break;
                };
                batch.append(&mut more);
            }
            self.tell(batch.events);
            self.write(batch.records);
            self.keep(batch.ladders);
            self.add(batch.reports);
        }
    }

    /// Writes ladders. One that a store which is away does not take is tried until the end.
    fn keep(&self, ladders: Vec<Ladder>) {
        if ladders.is_empty() {
            return;
        }
        while let Err(error) = block_on(self.store.write_ladders(ladders.clone())) {
            self.tally.refusals.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "ladders wait for the store");
            if !self.stop.rest() {
                return;
            }
        }
        let count = u64::try_from(ladders.len()).unwrap_or(u64::MAX);
        self.tally.ladders.fetch_add(count, Ordering::Relaxed);
    }

    /// Adds reports of telephones to their records. Those that a store which is away does not take
    /// are tried until the end.
    fn add(&self, reports: Vec<LateReport>) {
        if reports.is_empty() {
            return;
        }
        while let Err(error) = block_on(self.store.write_late_reports(reports.clone())) {
            self.tally.refusals.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "reports of telephones wait for the store");
            if !self.stop.rest() {
                return;
            }
        }
    }

    /// Writes events. Unlike records they are in no journal, so they are tried until the end.
    fn tell(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        while let Err(error) = block_on(self.store.write_events(events.clone())) {
            self.tally.refusals.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "events wait for the store");
            if !self.stop.rest() {
                return;
            }
        }
        let count = u64::try_from(events.len()).unwrap_or(u64::MAX);
        self.tally.events.fetch_add(count, Ordering::Relaxed);
    }

    fn write(&self, records: Vec<Cdr>) {
        if records.is_empty() {
            return;
        }
        let ids: Vec<_> = records.iter().map(|cdr| cdr.id).collect();
        while let Err(error) = block_on(self.store.write_cdrs(records.clone())) {
            self.tally.refusals.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "call records wait for the store");
            // nothing is lost by waiting, or by stopping: the records are in the journal
            if !self.stop.rest() {
                return;
            }
        }
        let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        self.tally.written.fetch_add(count, Ordering::Relaxed);
        self.stored.tell(ids);
    }
}
