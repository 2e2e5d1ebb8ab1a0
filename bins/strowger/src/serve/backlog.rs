//! Orders of the shard for a thread that may fall behind: what its queue has no room for is kept,
//! in its order, as far as that may be.

use std::sync::mpsc::{SyncSender, TrySendError};

/// The shard's end of a queue.
pub(crate) struct Backlog<T> {
    queue: SyncSender<T>,
    kept: Vec<T>,
    most: usize,
}

impl<T> Backlog<T> {
    /// Keeps so many while the queue is full.
    pub(crate) fn new(queue: SyncSender<T>, most: usize) -> Backlog<T> {
        Backlog {
            queue,
            kept: Vec::new(),
            most,
        }
    }

    /// Sends orders on; never waits. How many there was no room for, which are lost.
    pub(crate) fn put(&mut self, orders: &mut Vec<T>) -> usize {
        self.kept.append(orders);
        let mut left = Vec::new();
        for order in self.kept.drain(..) {
            if !left.is_empty() {
                left.push(order);
                continue;
            }
            match self.queue.try_send(order) {
                Ok(()) => {}
                Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => {
                    left.push(order);
                }
            }
        }
        let lost = left.len().saturating_sub(self.most);
        left.truncate(self.most);
        self.kept = left;
        lost
    }
}
