//! What is counted of bans on their way.

use std::sync::atomic::{AtomicU64, Ordering};

use telemetry::{Exposition, Sort};

/// Counters of bans on their way from the shard to the store and the kernel.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Bans that were not kept, because too many waited or the store was away. They are in force
    /// on this node until it restarts.
    unkept: AtomicU64,
    /// Elements that nftables took or gave up.
    walled: AtomicU64,
    /// Orders that nftables refused, or that were dropped because too many waited.
    wall_failures: AtomicU64,
}

impl Tally {
    pub(super) fn not_kept(&self, bans: usize) {
        let bans = u64::try_from(bans).unwrap_or(u64::MAX);
        self.unkept.fetch_add(bans, Ordering::Relaxed);
    }

    pub(super) fn walled(&self, done: bool) {
        let figure = if done {
            &self.walled
        } else {
            &self.wall_failures
        };
        figure.fetch_add(1, Ordering::Relaxed);
    }

    /// Orders carried out, and orders that failed.
    #[cfg(test)]
    pub(super) fn of_wall(&self) -> (u64, u64) {
        let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        (read(&self.walled), read(&self.wall_failures))
    }

    /// Writes the figures.
    pub(crate) fn write(&self, page: &mut Exposition) {
        let rows = [
            (
                "bans_unkept_total",
                "Bans and containments this node alone knows: many waited, or the store was away.",
                &self.unkept,
            ),
            (
                "ban_wall_orders_total",
                "Elements added to and taken from the sets of nftables.",
                &self.walled,
            ),
            (
                "ban_wall_failures_total",
                "Such orders that failed, or were dropped because too many waited.",
                &self.wall_failures,
            ),
        ];
        for (name, help, figure) in rows {
            page.single(Sort::Counter, name, help, figure.load(Ordering::Relaxed));
        }
    }
}
