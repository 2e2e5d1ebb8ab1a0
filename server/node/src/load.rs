//! Whether the shard keeps up.
//!
//! A loop that keeps up finds its sockets empty now and then. Batches that come full one after the
//! other mean that messages wait in the kernel; past a bound of time new calls are refused before
//! any work is done for them, so that calls under way go on and callers do not repeat themselves.

use machine::Instant;
use std::time::Duration;

/// Watches the size of the batches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    after: Duration,
    full_since: Option<Instant>,
    last: Instant,
}

/// Datagrams from which a batch counts as full.
const FULL: usize = 64;

impl Load {
    pub(crate) fn new(after: Duration) -> Load {
        Load {
            after,
            full_since: None,
            last: Instant::ZERO,
        }
    }

    pub(crate) fn batch(&mut self, messages: usize, now: Instant) {
        self.last = now;
        if messages < FULL {
            self.full_since = None;
        } else {
            self.full_since.get_or_insert(now);
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.full_since
            .is_some_and(|since| self.last.saturating_since(since) >= self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_batches_are_overload_only_when_they_last() {
        let mut load = Load::new(Duration::from_millis(150));
        load.batch(64, Instant::from_millis(0));
        load.batch(64, Instant::from_millis(149));
        assert!(!load.is_over());
        load.batch(64, Instant::from_millis(150));
        assert!(load.is_over());
        load.batch(10, Instant::from_millis(151));
        assert!(!load.is_over());
    }
}
