//! What is counted of faxes, beside what the shard counts.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Fax, FaxState};

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Faxes that have come.
    pub(crate) received: AtomicU64,
    /// Faxes of which not all has come.
    pub(crate) failed: AtomicU64,
    /// Pages that are kept.
    pub(crate) pages: AtomicU64,
    /// Frames of sound that were not there in time, as the road counts them.
    pub(crate) underruns: AtomicU64,
    /// Faxes and words about them for which there was no room.
    pub(crate) lost: AtomicU64,
    /// Times that the store was away.
    pub(crate) refusals: AtomicU64,
}

impl Tally {
    pub(super) fn kept(&self, fax: &Fax) {
        let counter = match fax.state {
            FaxState::Received => &self.received,
            FaxState::Failed => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.pages.fetch_add(fax.pages.into(), Ordering::Relaxed);
    }

    pub(super) fn underran(&self, frames: u64) {
        self.underruns.fetch_add(frames, Ordering::Relaxed);
    }

    pub(super) fn lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refusals.fetch_add(1, Ordering::Relaxed);
    }
}
