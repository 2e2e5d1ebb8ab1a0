//! Datagrams of a handshake that come before it can begin.

use std::collections::VecDeque;

use crate::limits::{MAX_EARLY, MAX_EARLY_OCTETS};

/// The latest of them, at most [`MAX_EARLY`] of at most [`MAX_EARLY_OCTETS`].
#[derive(Debug, Default)]
pub(super) struct Early {
    datagrams: VecDeque<Vec<u8>>,
}

impl Early {
    /// Keeps one; of too many the oldest is forgotten.
    pub(super) fn keep(&mut self, datagram: Vec<u8>) {
        if datagram.len() > MAX_EARLY_OCTETS {
            return;
        }
        if self.datagrams.len() >= MAX_EARLY {
            self.datagrams.pop_front();
        }
        self.datagrams.push_back(datagram);
    }

    /// All that are kept, in the order in which they came.
    pub(super) fn into_datagrams(self) -> VecDeque<Vec<u8>> {
        self.datagrams
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept_and_long_ones_are_not() {
        let mut early = Early::default();
        for octet in 0..6 {
            early.keep(vec![octet; 100]);
            early.keep(vec![octet; MAX_EARLY_OCTETS + 1]);
        }
        let kept = early.into_datagrams();
        let first: Vec<u8> = kept.iter().filter_map(|d| d.first().copied()).collect();
        assert_eq!(first, [2, 3, 4, 5]);
    }
}
