//! What the bus has done, readable from any thread.

use std::sync::atomic::{AtomicU64, Ordering};

/// Figures of one shelf, since the folder was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Records handed to the operating system.
    pub records: u64,
    /// Bytes handed to the operating system.
    pub bytes: u64,
    /// Writes that failed; what they should have written is tried again.
    pub failed_writes: u64,
    /// Records given up: too large, or more than may wait while the disk is away.
    pub refused: u64,
    /// Bytes at ends of files that were no whole record, found when the folder was opened.
    pub torn_bytes: u64,
    /// Whole records that could not be understood.
    pub unreadable: u64,
    /// Merges of old segments.
    pub merges: u64,
    /// Things the keeper could not do (a merge, a new segment, a wait for the disk); it tries
    /// again a second later.
    pub failed_keeping: u64,
    /// Bytes in segments that are no longer written to, at present.
    pub sealed_bytes: u64,
}

/// The counters behind [`Figures`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) records: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) failed_writes: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) torn_bytes: AtomicU64,
    pub(crate) unreadable: AtomicU64,
    pub(crate) merges: AtomicU64,
    pub(crate) failed_keeping: AtomicU64,
    pub(crate) sealed_bytes: AtomicU64,
}

/// Adds to a counter that others only read.
pub(crate) fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

impl Counters {
    pub(crate) fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            records: read(&self.records),
            bytes: read(&self.bytes),
            failed_writes: read(&self.failed_writes),
            refused: read(&self.refused),
            torn_bytes: read(&self.torn_bytes),
            unreadable: read(&self.unreadable),
            merges: read(&self.merges),
            failed_keeping: read(&self.failed_keeping),
            sealed_bytes: read(&self.sealed_bytes),
        }
    }
}
