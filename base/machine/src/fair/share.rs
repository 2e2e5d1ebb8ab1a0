//! What one key has waiting, and its credit.

use std::collections::VecDeque;

/// Every how manieth item of a key comes from its last lane.
const LAST_LANE_EVERY: u8 = 8;

/// Items whose room a forgotten key keeps in each lane.
const KEPT_ITEMS: usize = 64;

/// Levels of backlog per item and unit of weight: at weights up to this, one item more or less is
/// told apart.
pub(super) const LEVELS: usize = 10;

/// One key's share of the queue, or the room for one.
#[derive(Clone, Debug)]
pub(super) struct Share<K, T, const LANES: usize> {
    /// Whose it is; nobody's while it is free.
    pub(super) key: Option<K>,
    pub(super) weight: u16,
    lanes: [VecDeque<(u16, T)>; LANES],
    waiting: usize,
    credit: i64,
    served: u8,
}

impl<K, T, const LANES: usize> Share<K, T, LANES> {
    pub(super) fn vacant() -> Self {
        Share {
            key: None,
            weight: 1,
            lanes: std::array::from_fn(|_| VecDeque::new()),
            waiting: 0,
            credit: 0,
            served: 0,
        }
    }

    /// Becomes a key's, with one turn's credit.
    pub(super) fn begin(&mut self, key: K, weight: u16) {
        self.key = Some(key);
        self.weight = weight;
        self.credit = i64::from(weight);
        self.served = 0;
        for lane in &mut self.lanes {
            lane.shrink_to(KEPT_ITEMS);
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// The backlog relative to the weight, rounded up.
    pub(super) fn level(&self) -> usize {
        let backlog = self.waiting.saturating_mul(LEVELS);
        backlog.div_ceil(usize::from(self.weight))
    }

    pub(super) fn append(&mut self, lane: usize, cost: u16, item: T) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.push_back((cost, item));
            self.waiting += 1;
        }
    }

    pub(super) fn oldest(&self, lane: usize) -> Option<&T> {
        self.lanes.get(lane)?.front().map(|(_, item)| item)
    }

    /// The next item while there is credit, with its lane.
    pub(super) fn serve(&mut self) -> Option<(usize, T)> {
        if self.credit <= 0 || self.waiting == 0 {
            return None;
        }
        self.served = (self.served + 1) % LAST_LANE_EVERY;
        let holds = |lane: &VecDeque<(u16, T)>| !lane.is_empty();
        let lane = if self.served == 0 {
            self.lanes.iter().rposition(holds)?
        } else {
            self.lanes.iter().position(holds)?
        };
        let (cost, item) = self.lanes.get_mut(lane)?.pop_front()?;
        self.credit -= i64::from(cost);
        self.waiting -= 1;
        Some((lane, item))
    }

    /// Takes out the newest item of the last lane that has one.
    pub(super) fn newest(&mut self) -> Option<(usize, T)> {
        let lane = self.lanes.iter().rposition(|lane| !lane.is_empty())?;
        let (_, item) = self.lanes.get_mut(lane)?.pop_back()?;
        self.waiting -= 1;
        Some((lane, item))
    }

    /// Ends this turn; tells whether nothing waits and nothing is owed. Else the next turn's
    /// credit is added, of which nothing is kept for later by a key that has nothing waiting.
    pub(super) fn ends_turn(&mut self) -> bool {
        if self.waiting == 0 && self.credit >= 0 {
            return true;
        }
        self.credit = (self.credit + i64::from(self.weight)).min(i64::from(self.weight));
        false
    }
}
