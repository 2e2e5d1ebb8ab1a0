//! Where the shard puts up its figures, and others read them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use node::Shard;

use super::page;
use super::posted::{Posted, Sources};
use crate::serve::{hep, music};

/// Where figures are put up and read.
#[derive(Default)]
pub(crate) struct Board {
    posted: Mutex<Posted>,
    lost_orders: AtomicU64,
    followed: AtomicU64,
    sources: OnceLock<Sources>,
    hep: OnceLock<Arc<hep::Tally>>,
    stations: Arc<music::Tally>,
}

impl Board {
    fn posted(&self) -> MutexGuard<'_, Posted> {
        // figures are only ever replaced as a whole
        self.posted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells where else to look; once, at the start.
    pub(crate) fn look_at(&self, sources: Sources) {
        let _twice = self.sources.set(sources);
    }

    /// Tells what counts messages that are told to a capture server; once, at the start.
    pub(crate) fn look_at_hep(&self, told: Arc<hep::Tally>) {
        let _twice = self.hep.set(told);
    }

    /// What counts stations.
    pub(crate) fn stations(&self) -> Arc<music::Tally> {
        Arc::clone(&self.stations)
    }

    /// The shard puts up what it has counted.
    pub(crate) fn put_up(&self, shard: &Shard, records_left_out: u64) {
        let posted = Posted {
            node: shard.figures(),
            transactions: shard.transaction_figures(),
            ports: shard.port_figures(),
            tenants: shard.per_tenant().collect(),
            tolls: shard.tolls().collect(),
            records_left_out,
            capture: shard.capture_figures(),
            music: shard.music_figures(),
        };
        *self.posted() = posted;
    }

    /// An order to media was lost.
    pub(crate) fn lost_order(&self) {
        self.lost_orders.fetch_add(1, Ordering::Relaxed);
    }

    /// The shard goes by all changes of the feed up to this one.
    pub(crate) fn followed(&self, cursor: u64) {
        self.followed.store(cursor, Ordering::Relaxed);
    }

    /// Calls and unwritten records of a second ago at most.
    pub(crate) fn live_calls(&self) -> u64 {
        self.posted().node.live.calls
    }

    /// The page.
    pub(crate) fn page(&self) -> String {
        let lost = self.lost_orders.load(Ordering::Relaxed);
        let mut page = page::write(&self.posted(), lost, self.sources.get());
        page += &page::stations(&self.stations);
        if let Some(told) = self.hep.get() {
            page += &page::hep(told);
        }
        if let Some(sources) = self.sources.get() {
            let followed = self.followed.load(Ordering::Relaxed);
            page += &page::feed(sources.feed.changed(), followed);
        }
        page
    }
}
