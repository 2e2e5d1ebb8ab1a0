//! A bounded queue of work between threads.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use machine::Queue;
use ports::StoreError;

use super::figures::QueueFigures;

/// Work that waits for one of some threads. When it is full, new work is refused at once.
pub(super) struct WorkQueue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: Queue<T>,
    closed: bool,
}

impl<T> WorkQueue<T> {
    /// An empty queue for at most `bound` pieces of work.
    pub(super) fn with_bound(name: &'static str, bound: usize) -> WorkQueue<T> {
        WorkQueue {
            state: Mutex::new(State {
                waiting: Queue::with_bound(name, bound),
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // nothing that runs under this lock can stop halfway
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds work.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the queue is full or closed.
    pub(super) fn push(&self, work: T) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.closed {
            return Err(closed());
        }
        let pushed = state.waiting.push(work).map_err(|full| full.to_string());
        drop(state);
        self.changed.notify_one();
        pushed.map_err(|detail| StoreError::Unavailable { detail })
    }

    /// The oldest work, waiting for some; `None` when the queue is closed and empty.
    pub(super) fn wait(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(work) = state.waiting.pop() {
                return Some(work);
            }
            if state.closed {
                return None;
            }
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The oldest work, when there is some.
    pub(super) fn next(&self) -> Option<T> {
        self.lock().waiting.pop()
    }

    /// How the queue is used.
    pub(super) fn figures(&self) -> QueueFigures {
        let waiting = &self.lock().waiting;
        QueueFigures {
            waiting: waiting.len(),
            high_water: waiting.high_water(),
            accepted: waiting.accepted(),
            refused: waiting.refused(),
        }
    }

    /// Takes no more work. What waits is still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

/// The answer of a store that was closed.
fn closed() -> StoreError {
    StoreError::Unavailable {
        detail: "the store is closed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn work_past_the_bound_is_refused_at_once_and_counts_for_nothing() {
        let queue = WorkQueue::with_bound("test", 2);
        queue.push(1).unwrap();
        queue.push(2).unwrap();
        let refused = queue.push(3).unwrap_err();
        assert!(refused.may_retry());
        let full = QueueFigures {
            waiting: 2,
            high_water: 2,
            accepted: 2,
            refused: 1,
        };
        assert_eq!(queue.figures(), full);
        assert_eq!(
            (queue.wait(), queue.next(), queue.next()),
            (Some(1), Some(2), None)
        );
    }

    #[test]
    fn a_closed_queue_gives_what_waits_and_takes_no_more() {
        let queue = WorkQueue::with_bound("test", 2);
        queue.push(1).unwrap();
        queue.close();
        assert_eq!(queue.push(2), Err(closed()));
        assert_eq!((queue.wait(), queue.wait()), (Some(1), None));
    }
}
