//! A bounded queue from which many take turns: deficit round robin by key, with weights.
//!
//! Each key has a share of what comes out in proportion to its weight, whatever the others offer.
//! A key on turn is given credit of its weight and is served while it has credit; an item's cost
//! is taken off, and may leave a debt that the key's next turns repay first (the deficit round
//! robin of Shreedhar and Varghese, 1995, in the form that allows debt). So one item waits one
//! round at most, however costly it is, and in the long run nobody gets more than its share.
//!
//! Within a key, items stand in lanes: lane 0 goes first, the last lane last. Every eighth item of
//! a key comes from its last lane that is not empty, so that a lane is slow and never shut.
//!
//! When the queue is full, the newest item, in the last lane that is not empty, of the key with
//! the longest backlog relative to its weight is refused: its own flood, never a neighbour's item.
//! (Backlogs are told apart to one item per ten units of weight.)

mod figures;
mod levels;
mod share;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::hash::Hash;

use hashbrown::HashMap;

pub use figures::FairFigures;
use levels::Levels;
use share::Share;

/// Most that one item costs; what costs more is taken as this.
pub const COST_MAX: u16 = 100;

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FairBounds {
    /// Items over all keys.
    pub total: usize,
    /// Items of one key.
    pub per_key: usize,
}

/// How an item is to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The weight of its key from now on; at least 1.
    pub weight: u16,
    /// What it costs, in the unit of the weights, from 1 to [`COST_MAX`].
    pub cost: u16,
    /// Its lane; beyond the last it is in the last.
    pub lane: usize,
}

/// An item with its key, taken from the queue or refused by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken<K, T> {
    /// Whose it is.
    pub key: K,
    /// The lane it stood in.
    pub lane: usize,
    /// The item.
    pub item: T,
}

/// A bounded queue that serves keys in turns; see the module's text.
///
/// A push and a pop take constant time (a pop skips a key at most [`COST_MAX`] times for an item
/// it has served). A key with nothing waiting and nothing owed is forgotten; its room is used
/// again, so that nothing is allocated once the queue has been as full as it gets.
#[derive(Clone, Debug)]
pub struct FairQueue<K, T, const LANES: usize> {
    name: &'static str,
    bounds: FairBounds,
    keys: HashMap<K, usize>,
    shares: Vec<Share<K, T, LANES>>,
    free: Vec<usize>,
    ring: VecDeque<usize>,
    levels: Levels,
    weights: u64,
    figures: FairFigures,
}

impl<K: Clone + Eq + Hash, T, const LANES: usize> FairQueue<K, T, LANES> {
    /// An empty queue. A bound of zero refuses everything.
    pub fn with_bounds(name: &'static str, bounds: FairBounds) -> Self {
        FairQueue {
            name,
            bounds,
            keys: HashMap::new(),
            shares: Vec::new(),
            free: Vec::new(),
            ring: VecDeque::new(),
            levels: Levels::default(),
            weights: 0,
            figures: FairFigures::default(),
        }
    }

    /// Appends an item to its lane of its key.
    ///
    /// # Errors
    /// The queue is full. What comes back is the item refused: this one, or the newest of a key
    /// whose backlog is longer relative to its weight; then this one was taken in.
    pub fn push(&mut self, key: K, turn: Turn, item: T) -> Result<(), Taken<K, T>> {
        let lane = turn.lane.min(LANES.saturating_sub(1));
        let weight = turn.weight.max(1);
        let own = self.waiting_of(&key);
        if own >= self.bounds.per_key || self.bounds.total == 0 {
            self.figures.refused += 1;
            return Err(Taken { key, lane, item });
        }
        let mut refused = None;
        if self.len() >= self.bounds.total {
            let Some(longest) = self.longer_than(own + 1, weight) else {
                self.figures.refused += 1;
                return Err(Taken { key, lane, item });
            };
            refused = self.take_newest(longest);
        }
        self.append(key, weight, lane, turn.cost.clamp(1, COST_MAX), item);
        match refused {
            Some(taken) => {
                self.figures.refused += 1;
                Err(taken)
            }
            None => Ok(()),
        }
    }

    /// Takes the next item.
    pub fn pop(&mut self) -> Option<Taken<K, T>> {
        if self.is_empty() {
            return None;
        }
        while let Some(&at) = self.ring.front() {
            let share = self.shares.get_mut(at)?;
            if let Some(served) = share.serve() {
                let key = share.key.clone()?;
                self.figures.waiting -= 1;
                self.settle(at);
                if self.is_empty() {
                    self.forget_all();
                }
                let (lane, item) = served;
                return Some(Taken { key, lane, item });
            }
            self.ring.pop_front();
            if share.ends_turn() {
                self.forget(at);
            } else {
                self.ring.push_back(at);
            }
        }
        None
    }

    /// Takes out the newest item of the key with the longest backlog relative to its weight.
    pub fn pop_newest_of_longest(&mut self) -> Option<Taken<K, T>> {
        let at = self.levels.top()?;
        self.take_newest(at)
    }

    /// The oldest item of a lane of a key, left where it is.
    pub fn oldest(&self, key: &K, lane: usize) -> Option<&T> {
        self.share(key)?.oldest(lane)
    }

    /// Items of a key that wait.
    pub fn waiting_of(&self, key: &K) -> usize {
        self.share(key).map_or(0, Share::waiting)
    }

    /// Whether a key with this weight has its share of all that waits, or more; so has everybody
    /// when nothing waits.
    pub fn has_its_share(&self, key: &K, weight: u16) -> bool {
        let known = self.share(key).map_or(0, |share| u64::from(share.weight));
        let weight = u64::from(weight.max(1));
        let all = self.weights - known + weight;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let own = count(self.waiting_of(key)).saturating_mul(all);
        own >= count(self.len()).saturating_mul(weight)
    }

    /// Items waiting.
    pub fn len(&self) -> usize {
        self.figures.waiting
    }

    /// Whether none is waiting.
    pub fn is_empty(&self) -> bool {
        self.figures.waiting == 0
    }

    /// The queue's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How much may wait.
    pub const fn bounds(&self) -> FairBounds {
        self.bounds
    }

    /// Counters since the making, and what waits now.
    pub fn figures(&self) -> FairFigures {
        FairFigures {
            keys: self.keys.len(),
            ..self.figures
        }
    }

    fn share(&self, key: &K) -> Option<&Share<K, T, LANES>> {
        self.shares.get(*self.keys.get(key)?)
    }

    /// The share whose backlog relative to its weight is the longest, if it is longer than so many
    /// items at such a weight.
    fn longer_than(&self, items: usize, weight: u16) -> Option<usize> {
        let at = self.levels.top()?;
        let top = self.shares.get(at)?;
        let theirs = top.waiting().saturating_mul(usize::from(weight));
        (theirs > items.saturating_mul(usize::from(top.weight))).then_some(at)
    }

    fn append(&mut self, key: K, weight: u16, lane: usize, cost: u16, item: T) {
        let at = match self.keys.get(&key) {
            Some(at) => *at,
            None => self.begin(key, weight),
        };
        let Some(share) = self.shares.get_mut(at) else {
            return;
        };
        self.weights = self.weights - u64::from(share.weight) + u64::from(weight);
        share.weight = weight;
        share.append(lane, cost, item);
        self.figures.accepted += 1;
        self.figures.waiting += 1;
        self.figures.high_water = self.figures.high_water.max(self.figures.waiting);
        self.settle(at);
    }

    /// A share for a key that has none; it joins the ring at its end, with one turn's credit.
    fn begin(&mut self, key: K, weight: u16) -> usize {
        let at = self.free.pop().unwrap_or_else(|| {
            self.shares.push(Share::vacant());
            self.shares.len() - 1
        });
        if let Some(share) = self.shares.get_mut(at) {
            share.begin(key.clone(), weight);
        }
        self.weights += u64::from(weight);
        self.keys.insert(key, at);
        self.ring.push_back(at);
        at
    }

    fn take_newest(&mut self, at: usize) -> Option<Taken<K, T>> {
        let share = self.shares.get_mut(at)?;
        let (lane, item) = share.newest()?;
        let key = share.key.clone()?;
        self.figures.waiting -= 1;
        self.settle(at);
        Some(Taken { key, lane, item })
    }

    /// Puts a share where its backlog belongs now.
    fn settle(&mut self, at: usize) {
        if let Some(share) = self.shares.get(at) {
            self.levels.place(at, share.level());
        }
    }

    /// Forgets a share that is in the ring no more.
    fn forget(&mut self, at: usize) {
        let Some(share) = self.shares.get_mut(at) else {
            return;
        };
        if let Some(key) = share.key.take() {
            self.weights -= u64::from(share.weight);
            self.keys.remove(&key);
            self.levels.place(at, 0);
            self.free.push(at);
        }
    }

    /// Nobody waits, so there is no contest, and no debt from one.
    fn forget_all(&mut self) {
        while let Some(at) = self.ring.pop_front() {
            self.forget(at);
        }
    }
}
