//! Requests that are carried out at the same time, and turns of the askers for the room.
//!
//! An asker has a few requests carried out at once; more of its own wait behind them. So whoever
//! asks in floods waits for itself, and is before every other asker's request with no more than
//! those few. When there is no room at all, askers take turns by weight. When too many wait, the
//! newest of whoever has most waiting is refused.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use machine::FairQueue;
use machine::fair::{FairBounds, Turn};
use tokio::sync::oneshot::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout_at};

/// Bounds of the requests at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// Carried out, in all.
    pub(crate) in_all: usize,
    /// Carried out, of one asker.
    pub(crate) of_one: usize,
    /// Waiting, in all.
    pub(crate) waiting: usize,
    /// Waiting, of one asker.
    pub(crate) waiting_of_one: usize,
}

/// The turnstile.
#[derive(Debug)]
pub(crate) struct Turnstile<K: Copy + Eq + Hash> {
    room: Room,
    state: Mutex<State<K>>,
}

/// Leave to be carried out; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Pass<K: Copy + Eq + Hash> {
    stile: Arc<Turnstile<K>>,
    asker: K,
}

#[derive(Debug)]
struct Waiter<K: Copy + Eq + Hash> {
    pass: Sender<Pass<K>>,
    weight: u16,
}

/// What one asker has here.
#[derive(Debug)]
struct Own<K: Copy + Eq + Hash> {
    /// Its requests that are carried out, or wait for nothing but room.
    held: usize,
    /// The rest.
    waiting: VecDeque<Waiter<K>>,
}

#[derive(Debug)]
struct State<K: Copy + Eq + Hash> {
    /// Requests that may still be carried out at once.
    free: usize,
    askers: HashMap<K, Own<K>>,
    /// Those that wait for nothing but room: at most `of_one` of each asker.
    ready: FairQueue<K, Waiter<K>, 1>,
}

impl<K: Copy + Eq + Hash> Turnstile<K> {
    pub(crate) fn new(room: Room) -> Arc<Turnstile<K>> {
        let bounds = FairBounds {
            total: room.waiting,
            per_key: room.of_one,
        };
        Arc::new(Turnstile {
            room,
            state: Mutex::new(State {
                free: room.in_all,
                askers: HashMap::new(),
                ready: FairQueue::with_bounds("api", bounds),
            }),
        })
    }

    /// Waits for leave until this instant; `None` when there was none by then, or when too many
    /// wait already.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        asker: K,
        weight: u16,
        until: Instant,
    ) -> Option<Pass<K>> {
        let (pass, mut comes) = channel();
        self.line_up(asker, Waiter { pass, weight });
        if let Ok(pass) = comes.try_recv() {
            return Some(pass);
        }
        timeout_at(until, wait(comes)).await.ok()?
    }

    /// Requests carried out, and requests that wait.
    pub(crate) fn figures(&self) -> (usize, usize) {
        let state = self.state();
        (self.room.in_all - state.free, state.waiting())
    }

    fn state(&self) -> MutexGuard<'_, State<K>> {
        // nothing here is left half changed, so a poisoned lock is as good as any
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line_up(self: &Arc<Self>, asker: K, waiter: Waiter<K>) {
        let granted = {
            let mut state = self.state();
            state.take_in(asker, waiter, &self.room);
            state.grant()
        };
        self.hand_out(granted);
    }

    fn give_back(self: &Arc<Self>, asker: K) {
        let granted = {
            let mut state = self.state();
            state.free += 1;
            state.advance(asker);
            state.grant()
        };
        self.hand_out(granted);
    }

    /// Sends leave to those that have it. Whoever has gone away meanwhile drops it, which gives it
    /// back: so the state must not be held here.
    fn hand_out(self: &Arc<Self>, granted: Vec<(K, Waiter<K>)>) {
        for (asker, waiter) in granted {
            let stile = Arc::clone(self);
            let _gone = waiter.pass.send(Pass { stile, asker });
        }
    }
}

/// The pass, or nothing when the waiter was refused.
async fn wait<K: Copy + Eq + Hash>(comes: Receiver<Pass<K>>) -> Option<Pass<K>> {
    comes.await.ok()
}

impl<K: Copy + Eq + Hash> State<K> {
    fn waiting(&self) -> usize {
        let behind: usize = self.askers.values().map(|own| own.waiting.len()).sum();
        behind + self.ready.len()
    }

    /// Takes a request in; it is refused by dropping it.
    fn take_in(&mut self, asker: K, waiter: Waiter<K>, room: &Room) {
        let full = self.waiting() >= room.waiting;
        let own = self.askers.entry(asker).or_insert_with(|| Own {
            held: 0,
            waiting: VecDeque::new(),
        });
        if own.held < room.of_one {
            own.held += 1;
            return self.make_ready(asker, waiter);
        }
        let length = own.waiting.len() + 1;
        if length > room.waiting_of_one || (full && !self.evict_longer_than(length)) {
            return;
        }
        if let Some(own) = self.askers.get_mut(&asker) {
            own.waiting.push_back(waiter);
        }
    }

    fn make_ready(&mut self, asker: K, waiter: Waiter<K>) {
        let turn = Turn {
            weight: waiter.weight,
            cost: ONE,
            lane: 0,
        };
        if let Err(refused) = self.ready.push(asker, turn, waiter) {
            self.advance(refused.key);
        }
    }

    /// Refuses the newest request of the asker with most of them waiting, if they are more.
    fn evict_longer_than(&mut self, length: usize) -> bool {
        let longest = self.askers.values_mut().max_by_key(|own| own.waiting.len());
        longest
            .filter(|own| own.waiting.len() > length)
            .and_then(|own| own.waiting.pop_back())
            .is_some()
    }

    /// One request of an asker is over: the next of its own is ready.
    fn advance(&mut self, asker: K) {
        let Some(own) = self.askers.get_mut(&asker) else {
            return;
        };
        while let Some(next) = own.waiting.pop_front() {
            if !next.pass.is_closed() {
                return self.make_ready(asker, next);
            }
        }
        own.held -= 1;
        if own.held == 0 {
            self.askers.remove(&asker);
        }
    }

    /// Gives the room there is to those whose turn it is.
    fn grant(&mut self) -> Vec<(K, Waiter<K>)> {
        let mut granted = Vec::new();
        while self.free > 0
            && let Some(next) = self.ready.pop()
        {
            if next.item.pass.is_closed() {
                self.advance(next.key);
            } else {
                self.free -= 1;
                granted.push((next.key, next.item));
            }
        }
        granted
    }
}

/// Cost of a request: that of a turn of the default weight.
const ONE: u16 = 10;

impl<K: Copy + Eq + Hash> Drop for Pass<K> {
    fn drop(&mut self) {
        self.stile.give_back(self.asker);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::time::Duration;

    fn stile(in_all: usize, of_one: usize) -> Arc<Turnstile<char>> {
        Turnstile::new(Room {
            in_all,
            of_one,
            waiting: 6,
            waiting_of_one: 4,
        })
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    /// Lines a request up without waiting for it.
    fn ask(stile: &Arc<Turnstile<char>>, asker: char) -> Receiver<Pass<char>> {
        let (pass, comes) = channel();
        stile.line_up(asker, Waiter { pass, weight: 10 });
        comes
    }

    #[tokio::test]
    async fn an_asker_waits_behind_itself_and_another_goes_in_at_once() {
        let stile = stile(10, 2);
        let first = stile.enter('a', 10, soon()).await.unwrap();
        let _second = stile.enter('a', 10, soon()).await.unwrap();
        let mut third = ask(&stile, 'a');
        assert!(third.try_recv().is_err());
        let _other = stile.enter('b', 10, soon()).await.unwrap();
        drop(first);
        assert!(third.try_recv().is_ok());
    }

    #[tokio::test]
    async fn askers_take_turns_for_the_last_room() {
        let stile = stile(1, 3);
        let held = stile.enter('a', 10, soon()).await.unwrap();
        let mut waiting = vec![ask(&stile, 'a'), ask(&stile, 'a'), ask(&stile, 'b')];
        drop(held);
        let mut order = Vec::new();
        for _ in 0..3 {
            let at = waiting.iter_mut().position(|comes| match comes.try_recv() {
                Ok(pass) => {
                    order.push(pass.asker);
                    true
                }
                Err(_) => false,
            });
            waiting.remove(at.unwrap());
        }
        assert!(order[..2].contains(&'b'), "{order:?}");
        assert_eq!(stile.figures(), (0, 0));
    }

    #[tokio::test]
    async fn whoever_has_most_waiting_is_refused_and_nobody_else() {
        let stile = stile(1, 1);
        let _held = stile.enter('x', 10, soon()).await.unwrap();
        let mut flood: Vec<_> = (0..6).map(|_| ask(&stile, 'a')).collect();
        assert!(flood.pop().unwrap().await.is_err(), "its own bound");
        let mut others: Vec<_> = ['b', 'c'].map(|asker| ask(&stile, asker)).into();
        let mut second = ask(&stile, 'b');
        assert!(flood.pop().unwrap().await.is_err(), "pushed out");
        assert!(second.try_recv().is_err_and(|e| e == EMPTY));
        assert!(
            others
                .iter_mut()
                .all(|comes| comes.try_recv() == Err(EMPTY))
        );
    }

    const EMPTY: tokio::sync::oneshot::error::TryRecvError =
        tokio::sync::oneshot::error::TryRecvError::Empty;

    impl PartialEq for Pass<char> {
        fn eq(&self, other: &Self) -> bool {
            self.asker == other.asker
        }
    }

    #[tokio::test]
    async fn a_wait_has_an_end_and_leaves_nothing_behind() {
        let stile = stile(1, 1);
        let held = stile.enter('a', 10, soon()).await.unwrap();
        let until = Instant::now() + Duration::from_millis(10);
        assert!(stile.enter('a', 10, until).await.is_none());
        assert!(stile.enter('b', 10, until).await.is_none());
        drop(held);
        assert_eq!(stile.figures(), (0, 0));
        assert!(stile.state().askers.is_empty());
        assert!(stile.enter('b', 10, soon()).await.is_some());
    }
}
