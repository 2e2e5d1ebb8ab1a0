//! Turns for the processors: of the requests that have something to compute now, whose is next.
//!
//! A request waits (for the disk, a password, its body) and computes in between. While it waits it
//! is in nobody's way, so many are carried out at once; but no more compute at once than there are
//! processors for it, and askers take turns for them by weight. What a request computed is its
//! asker's debt, in time and not in requests. So one that computes waits for what is under way and
//! for one stretch of each other asker's, however much they ask.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use machine::FairQueue;
use machine::fair::{COST_MAX, FairBounds, Turn};

/// Askers that have an account; beyond it all accounts begin anew, which forgives a debt of one
/// stretch each.
pub(crate) const ACCOUNTS_MAX: usize = 4_096;

/// Time that costs one unit: at the default weight one turn is half a millisecond.
const UNIT: Duration = Duration::from_micros(50);

/// The turns.
#[derive(Debug)]
pub(crate) struct Processor<K: Copy + Eq + Hash> {
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K: Copy + Eq + Hash> {
    /// Stretches that may begin.
    free: usize,
    waiting: FairQueue<K, Ticket, 1>,
    accounts: HashMap<K, Account>,
}

/// What an asker has had of the processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// Time in which its requests computed.
    pub(crate) computed: Duration,
    /// Time in which its requests waited for a turn.
    pub(crate) waited: Duration,
    /// What its last stretch cost.
    debt: u16,
}

type Ticket = Arc<Mutex<Wait>>;

/// Where somebody stands who waits for a turn.
#[derive(Debug)]
enum Wait {
    Waiting(Waker),
    /// It is its turn.
    Granted,
    /// There was no room to wait: it goes on out of turn, and is not counted.
    Beside,
    /// Nobody waits any more.
    Gone,
}

impl<K: Copy + Eq + Hash> Processor<K> {
    /// Turns for so many processors; at most so many requests wait for one.
    pub(crate) fn new(processors: usize, waiting: usize) -> Arc<Processor<K>> {
        let bounds = FairBounds {
            total: waiting,
            per_key: waiting,
        };
        Arc::new(Processor {
            state: Mutex::new(State {
                free: processors.max(1),
                waiting: FairQueue::with_bounds("api processors", bounds),
                accounts: HashMap::new(),
            }),
        })
    }

    /// A future that computes in an asker's turns, of which it has so many beside others.
    pub(crate) fn share<F: Future>(
        self: &Arc<Self>,
        (asker, weight): (K, u16),
        work: F,
    ) -> InTurns<K, F> {
        InTurns {
            place: Place {
                processor: Arc::clone(self),
                asker,
                weight,
                ticket: None,
            },
            work: Box::pin(work),
        }
    }

    /// Notes that a request waited elsewhere before it could compute.
    pub(crate) fn waited(&self, asker: K, time: Duration) {
        self.state().account(asker).waited += time;
    }

    /// What each asker has had.
    pub(crate) fn accounts(&self) -> Vec<(K, Account)> {
        let state = self.state();
        let accounts = state.accounts.iter();
        accounts.map(|(asker, own)| (*asker, *own)).collect()
    }

    fn state(&self) -> MutexGuard<'_, State<K>> {
        // nothing here is left half changed, so a poisoned lock is as good as any
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets another stretch begin.
    fn give_back(&self) {
        let granted = {
            let mut state = self.state();
            state.free += 1;
            state.grant()
        };
        // not under the lock: whoever is woken may ask at once
        for waker in granted {
            waker.wake();
        }
    }
}

/// What a ticket says.
fn read(ticket: &Ticket) -> MutexGuard<'_, Wait> {
    ticket.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Copy + Eq + Hash> State<K> {
    /// Lets a stretch begin, or lines it up and gives it a ticket.
    fn ask(&mut self, (asker, weight): (K, u16), waker: &Waker) -> Option<Ticket> {
        if self.free > 0 {
            self.free -= 1;
            return None;
        }
        let ticket = Arc::new(Mutex::new(Wait::Waiting(waker.clone())));
        let turn = Turn {
            weight,
            cost: self.account(asker).debt.max(1),
            lane: 0,
        };
        if let Err(refused) = self.waiting.push(asker, turn, Arc::clone(&ticket)) {
            let before = std::mem::replace(&mut *read(&refused.item), Wait::Beside);
            if let Wait::Waiting(waker) = before {
                waker.wake();
            }
        }
        Some(ticket)
    }

    fn account(&mut self, asker: K) -> &mut Account {
        if self.accounts.len() >= ACCOUNTS_MAX && !self.accounts.contains_key(&asker) {
            self.accounts.clear();
        }
        self.accounts.entry(asker).or_default()
    }

    /// Those whose turn it is now.
    fn grant(&mut self) -> Vec<Waker> {
        let mut granted = Vec::new();
        while self.free > 0
            && let Some(next) = self.waiting.pop()
        {
            let mut wait = read(&next.item);
            match std::mem::replace(&mut *wait, Wait::Granted) {
                Wait::Waiting(waker) => {
                    self.free -= 1;
                    granted.push(waker);
                }
                Wait::Granted | Wait::Beside | Wait::Gone => {}
            }
        }
        granted
    }
}

/// Where a request stands among the others.
#[derive(Debug)]
struct Place<K: Copy + Eq + Hash> {
    processor: Arc<Processor<K>>,
    asker: K,
    weight: u16,
    /// What it waits with, and since when.
    ticket: Option<(Ticket, Instant)>,
}

impl<K: Copy + Eq + Hash> Place<K> {
    /// A stretch that begins now, or none yet; then the waker is called when it may.
    fn begin(&mut self, waker: &Waker) -> Option<Stretch<'_, K>> {
        let counted = match self.ticket.take() {
            None => {
                let whose = (self.asker, self.weight);
                let ticket = self.processor.state().ask(whose, waker);
                if let Some(ticket) = ticket {
                    self.ticket = Some((ticket, Instant::now()));
                    return None;
                }
                true
            }
            Some((ticket, since)) => {
                let counted = match &mut *read(&ticket) {
                    Wait::Waiting(known) => {
                        known.clone_from(waker);
                        None
                    }
                    Wait::Granted => Some(true),
                    Wait::Beside | Wait::Gone => Some(false),
                };
                let Some(counted) = counted else {
                    self.ticket = Some((ticket, since));
                    return None;
                };
                self.processor.waited(self.asker, since.elapsed());
                counted
            }
        };
        Some(Stretch {
            place: self,
            counted,
            began: Instant::now(),
        })
    }
}

impl<K: Copy + Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let Some((ticket, _)) = self.ticket.take() else {
            return;
        };
        let before = std::mem::replace(&mut *read(&ticket), Wait::Gone);
        match before {
            Wait::Granted => self.processor.give_back(),
            Wait::Waiting(_) | Wait::Beside | Wait::Gone => {}
        }
    }
}

/// A stretch of computing; over when it is dropped, however it went.
struct Stretch<'a, K: Copy + Eq + Hash> {
    place: &'a Place<K>,
    counted: bool,
    began: Instant,
}

impl<K: Copy + Eq + Hash> Drop for Stretch<'_, K> {
    fn drop(&mut self) {
        let Place {
            processor, asker, ..
        } = self.place;
        let took = self.began.elapsed();
        let units = took.as_nanos().div_ceil(UNIT.as_nanos());
        {
            let mut state = processor.state();
            let account = state.account(*asker);
            account.computed += took;
            account.debt = u16::try_from(units).unwrap_or(COST_MAX).min(COST_MAX);
        }
        if self.counted {
            processor.give_back();
        }
    }
}

/// Work that computes in its asker's turns.
#[derive(Debug)]
pub(crate) struct InTurns<K: Copy + Eq + Hash, F> {
    place: Place<K>,
    work: Pin<Box<F>>,
}

impl<K: Copy + Eq + Hash + Unpin, F: Future> Future for InTurns<K, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let InTurns { place, work } = &mut *self;
        let Some(_stretch) = place.begin(context.waker()) else {
            return Poll::Pending;
        };
        work.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests;
