//! What is counted of stations.

use std::sync::atomic::{AtomicU64, Ordering};

/// Figures since the start, and of the present moment.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Stations that play now.
    pub(crate) stations: AtomicU64,
    /// Who listens to them.
    pub(crate) listeners: AtomicU64,
    /// Stations whose live stream is heard now.
    pub(crate) live: AtomicU64,
    /// Stations that were begun.
    pub(crate) begun: AtomicU64,
    /// Programmes that could not be played, as many stations playing as may.
    pub(crate) crowded: AtomicU64,
    /// Live streams that were lost or could not be had.
    pub(crate) lost: AtomicU64,
}

impl Tally {
    pub(super) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// How it stands now: stations, listeners, and stations that are live.
    pub(super) fn stands(&self, stations: usize, listeners: u64, live: usize) {
        let wide = |count| u64::try_from(count).unwrap_or(u64::MAX);
        self.stations.store(wide(stations), Ordering::Relaxed);
        self.listeners.store(listeners, Ordering::Relaxed);
        self.live.store(wide(live), Ordering::Relaxed);
    }
}
