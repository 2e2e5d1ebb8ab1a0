//! What is counted of deliveries.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start, and what is held at the moment.
#[derive(Debug, Default)]
pub struct Figures {
    pub(crate) delivered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) dead: AtomicU64,
    pub(crate) lost: AtomicU64,
    pub(crate) held: AtomicU64,
}

/// The figures of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiguresNow {
    /// Deliveries that receivers have taken.
    pub delivered: u64,
    /// Tries that failed.
    pub failed: u64,
    /// Deliveries that became dead letters.
    pub dead: u64,
    /// Events that the log no longer had when a webhook came to them.
    pub lost: u64,
    /// Deliveries held in memory.
    pub held: u64,
}

impl Figures {
    /// What they are now.
    pub fn now(&self) -> FiguresNow {
        let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        FiguresNow {
            delivered: read(&self.delivered),
            failed: read(&self.failed),
            dead: read(&self.dead),
            lost: read(&self.lost),
            held: read(&self.held),
        }
    }
}

pub(crate) fn count(figure: &AtomicU64, by: u64) {
    figure.fetch_add(by, Ordering::Relaxed);
}
