//! What the recorder counts.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::Recording;

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Files begun, and gone on with.
    pub(crate) begun: AtomicU64,
    /// Recordings that are whole, as far as their calls were.
    pub(crate) finished: AtomicU64,
    /// Octets of them.
    pub(crate) octets: AtomicU64,
    /// Recordings that could not be begun, or broke off.
    pub(crate) failed: AtomicU64,
    /// Orders for which there was no room.
    pub(crate) lost: AtomicU64,
    /// Times that the store was away.
    pub(crate) refusals: AtomicU64,
}

impl Tally {
    pub(super) fn began(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn finished(&self, recording: &Recording) {
        self.finished.fetch_add(1, Ordering::Relaxed);
        self.octets.fetch_add(recording.octets, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn lost(&self, orders: usize) {
        let orders = u64::try_from(orders).unwrap_or(u64::MAX);
        self.lost.fetch_add(orders, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refusals.fetch_add(1, Ordering::Relaxed);
    }
}
