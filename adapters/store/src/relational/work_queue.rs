//! A bounded queue of work between threads, which owners of the work take turns in.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use machine::FairQueue;
use machine::fair::{COST_MAX, FairBounds, Turn};
use ports::StoreError;

use super::figures::QueueFigures;
use super::sight::Sight;
use super::weights::Weights;

/// The weight of what is the platform's, four times a tenant's usual one: look-ups of keys, call
/// records, the feed. All tenants are served by it.
const PLATFORM: u16 = 40;

/// Cost of one step: at the usual weight two have one turn.
const STEP: u16 = 5;

/// Work that waits for one of some threads, in turns of the tenants it is for. When it is full,
/// the newest work of whoever has most waiting is refused at once.
pub(super) struct WorkQueue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    weights: Arc<Weights>,
}

struct State<T> {
    waiting: FairQueue<Sight, T, 1>,
    closed: bool,
}

impl<T> WorkQueue<T> {
    /// An empty queue for at most `bound` pieces of work, in turns by these weights.
    pub(super) fn with_bound(
        name: &'static str,
        bound: usize,
        weights: Arc<Weights>,
    ) -> WorkQueue<T> {
        WorkQueue {
            state: Mutex::new(State {
                waiting: FairQueue::with_bounds(
                    name,
                    FairBounds {
                        total: bound,
                        per_key: bound,
                    },
                ),
                closed: false,
            }),
            changed: Condvar::new(),
            weights,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // nothing that runs under this lock can stop halfway
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds work of so many steps. Other work that had to make room for it is dropped, which
    /// breaks its promise.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the queue is closed, or full without longer backlogs.
    pub(super) fn push(&self, whose: Sight, steps: usize, work: T) -> Result<(), StoreError> {
        let turn = Turn {
            weight: match whose {
                Sight::Tenant(tenant) => self.weights.of(tenant).get(),
                Sight::Everything => PLATFORM,
            },
            cost: u16::try_from(steps).map_or(COST_MAX, |steps| steps.saturating_mul(STEP)),
            lane: 0,
        };
        let mut state = self.lock();
        if state.closed {
            return Err(closed());
        }
        let refused = state.waiting.push(whose, turn, work).err();
        drop(state);
        self.changed.notify_one();
        // of one's own it is always the new work that is refused
        match refused {
            Some(refused) if refused.key == whose => Err(full()),
            Some(_) | None => Ok(()),
        }
    }

    /// The work whose turn it is, waiting for some; `None` when the queue is closed and empty.
    /// When there is none for so long, `rest` is called, once.
    pub(super) fn wait(&self, patience: Duration, rest: impl FnOnce()) -> Option<T> {
        let nothing = |state: &mut State<T>| state.waiting.is_empty() && !state.closed;
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), patience, nothing);
        let (mut state, patience) = waited.unwrap_or_else(PoisonError::into_inner);
        if patience.timed_out() {
            drop(state);
            rest();
            let waited = self.changed.wait_while(self.lock(), nothing);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.pop().map(|work| work.item)
    }

    /// The work whose turn it is, when there is some.
    pub(super) fn next(&self) -> Option<T> {
        self.lock().waiting.pop().map(|work| work.item)
    }

    /// How the queue is used.
    pub(super) fn figures(&self) -> QueueFigures {
        let figures = self.lock().waiting.figures();
        QueueFigures {
            waiting: figures.waiting,
            high_water: figures.high_water,
            accepted: figures.accepted,
            refused: figures.refused,
        }
    }

    /// Takes no more work. What waits is still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

/// The answer of a queue without room.
fn full() -> StoreError {
    StoreError::Unavailable {
        detail: "too much waits for the store already".to_owned(),
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
    use ids::TenantId;
    use tenancy::Weight;

    fn queue(bound: usize) -> WorkQueue<u32> {
        WorkQueue::with_bound("test", bound, Arc::default())
    }

    /// Work that is there, or the end of the queue: nobody waits.
    fn wait(queue: &WorkQueue<u32>) -> Option<u32> {
        queue.wait(Duration::MAX, || unreachable!("nobody waits"))
    }

    fn tenant(letter: char) -> TenantId {
        TenantId::new(0, u128::from(u32::from(letter)))
    }

    fn push(queue: &WorkQueue<u32>, whose: char, work: u32) -> Result<(), StoreError> {
        queue.push(Sight::Tenant(tenant(whose)), 10, work)
    }

    #[test]
    fn the_work_of_one_tenant_waits_for_one_turn_of_anothers_flood() {
        let queue = queue(100);
        for work in 0..50 {
            push(&queue, 'a', work).unwrap();
        }
        push(&queue, 'b', 99).unwrap();
        let order: Vec<u32> = (0..3).filter_map(|_| queue.next()).collect();
        assert!(order.contains(&99), "{order:?}");
    }

    #[test]
    fn a_tenant_that_is_owed_three_times_as_much_is_served_three_times_as_often() {
        let queue = queue(1_000);
        let weight = Weight::new(30);
        queue.weights.set(tenant('b'), weight);
        for work in 0..200 {
            push(&queue, 'a', work).unwrap();
            push(&queue, 'b', 1_000 + work).unwrap();
        }
        let served = std::iter::from_fn(|| queue.next()).take(200);
        let heavy = served.filter(|work| *work >= 1_000).count();
        assert!((145..=155).contains(&heavy), "{heavy}");
    }

    #[test]
    fn a_full_queue_makes_room_for_a_neighbour_of_the_flood() {
        let queue = queue(3);
        for work in 0..3 {
            push(&queue, 'a', work).unwrap();
        }
        push(&queue, 'b', 99).unwrap();
        assert!(push(&queue, 'a', 3).is_err());
        let mut left: Vec<u32> = std::iter::from_fn(|| queue.next()).collect();
        left.sort_unstable();
        assert_eq!(left, [0, 1, 99]);
    }

    #[test]
    fn work_past_the_bound_is_refused_at_once_and_counts_for_nothing() {
        let queue = queue(2);
        push(&queue, 'a', 1).unwrap();
        push(&queue, 'a', 2).unwrap();
        let refused = push(&queue, 'a', 3).unwrap_err();
        assert!(refused.may_retry());
        let full = QueueFigures {
            waiting: 2,
            high_water: 2,
            accepted: 2,
            refused: 1,
        };
        assert_eq!(queue.figures(), full);
        assert_eq!(
            (wait(&queue), queue.next(), queue.next()),
            (Some(1), Some(2), None)
        );
    }

    #[test]
    fn a_closed_queue_gives_what_waits_and_takes_no_more() {
        let queue = queue(2);
        push(&queue, 'a', 1).unwrap();
        queue.close();
        assert_eq!(push(&queue, 'a', 2), Err(closed()));
        assert_eq!((wait(&queue), wait(&queue)), (Some(1), None));
    }

    #[test]
    fn who_waits_too_long_rests_once_and_is_given_the_next_work() {
        let queue = queue(2);
        let work = queue.wait(Duration::ZERO, || push(&queue, 'a', 1).unwrap());
        assert_eq!(work, Some(1));
    }
}
