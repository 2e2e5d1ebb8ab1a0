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
    /// Attempts to send a fax.
    pub(crate) attempts: AtomicU64,
    /// Faxes that were sent.
    pub(crate) sent: AtomicU64,
    /// Faxes that were to be sent, and are tried no more.
    pub(crate) unsent: AtomicU64,
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
            FaxState::Queued | FaxState::Sending | FaxState::Sent => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.pages.fetch_add(fax.pages.into(), Ordering::Relaxed);
    }

    pub(super) fn attempted(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// What is known of a fax that is sent was kept.
    pub(super) fn noted(&self, fax: &Fax) {
        let counter = match fax.state {
            FaxState::Sent => &self.sent,
            FaxState::Failed => &self.unsent,
            FaxState::Received | FaxState::Queued | FaxState::Sending => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
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
