//! A first-in, first-out queue that refuses what is past its bound, and counts.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;

/// Room reserved at once for a queue, in items; the rest is allocated when it is first needed.
const RESERVED_ITEMS: usize = 64;

/// A bounded queue with a name (for its metric) and counters since its making.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    name: &'static str,
    bound: usize,
    items: VecDeque<T>,
    accepted: u64,
    refused: u64,
    high_water: usize,
}

impl<T> Queue<T> {
    /// An empty queue for at most `bound` items. A bound of zero refuses everything.
    pub fn with_bound(name: &'static str, bound: usize) -> Queue<T> {
        Queue {
            name,
            bound,
            items: VecDeque::with_capacity(bound.min(RESERVED_ITEMS)),
            accepted: 0,
            refused: 0,
            high_water: 0,
        }
    }

    /// Appends an item.
    ///
    /// # Errors
    /// [`Full`] gives the item back when `bound` items are waiting.
    pub fn push(&mut self, item: T) -> Result<(), Full<T>> {
        if self.items.len() >= self.bound {
            self.refused += 1;
            return Err(Full {
                name: self.name,
                bound: self.bound,
                item,
            });
        }
        self.items.push_back(item);
        self.accepted += 1;
        self.high_water = self.high_water.max(self.items.len());
        Ok(())
    }

    /// Takes the oldest item.
    pub fn pop(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    /// The oldest item, left where it is.
    pub fn front(&self) -> Option<&T> {
        self.items.front()
    }

    /// All waiting items, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }

    /// Forgets the items for which `keep` is false; the others keep their order.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.items.retain(keep);
    }

    /// Items waiting.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none is waiting.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether the next push will be refused.
    pub fn is_full(&self) -> bool {
        self.items.len() >= self.bound
    }

    /// The queue's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many items may wait at once.
    pub const fn bound(&self) -> usize {
        self.bound
    }

    /// Items ever taken in.
    pub const fn accepted(&self) -> u64 {
        self.accepted
    }

    /// Items ever refused.
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// The most items that ever waited at once.
    pub const fn high_water(&self) -> usize {
        self.high_water
    }
}

/// A queue was full; here is the item back.
#[derive(Clone, PartialEq, Eq)]
pub struct Full<T> {
    /// The queue's name.
    pub name: &'static str,
    /// The queue's bound, in items.
    pub bound: usize,
    /// The item that found no room.
    pub item: T,
}

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Full")
            .field("name", &self.name)
            .field("bound", &self.bound)
            .finish()
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "queue {} is full: it holds at most {} items",
            self.name, self.bound
        )
    }
}

impl<T> Error for Full<T> {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn items_leave_in_the_order_in_which_they_came() {
        let mut queue = Queue::with_bound("inbox", 3);
        for item in 1..=3 {
            queue.push(item).unwrap();
        }
        assert_eq!(queue.front(), Some(&1));
        assert_eq!(queue.pop(), Some(1));
        queue.push(4).unwrap();
        assert_eq!(queue.iter().copied().collect::<Vec<_>>(), [2, 3, 4]);
        queue.retain(|item| item % 2 == 0);
        assert_eq!(
            (queue.pop(), queue.pop(), queue.pop()),
            (Some(2), Some(4), None)
        );
        assert!(queue.is_empty());
    }

    #[test]
    fn the_item_past_the_bound_comes_back_and_is_counted() {
        let mut queue = Queue::with_bound("inbox", 2);
        queue.push("a").unwrap();
        assert!(!queue.is_full());
        queue.push("b").unwrap();
        assert!(queue.is_full());
        let full = queue.push("c").unwrap_err();
        assert_eq!(full.item, "c");
        assert_eq!(
            full.to_string(),
            "queue inbox is full: it holds at most 2 items"
        );
        assert_eq!(
            (queue.accepted(), queue.refused(), queue.high_water()),
            (2, 1, 2)
        );
        queue.pop();
        queue.push("d").unwrap();
        assert_eq!((queue.accepted(), queue.refused(), queue.len()), (3, 1, 2));
        assert_eq!((queue.name(), queue.bound()), ("inbox", 2));
    }

    #[test]
    fn a_queue_without_room_refuses_everything() {
        let mut queue = Queue::with_bound("closed", 0);
        assert!(queue.is_full() && queue.is_empty());
        assert!(queue.push(1).is_err());
        assert_eq!((queue.high_water(), queue.pop()), (0, None));
    }

    #[test]
    fn the_high_water_mark_stays_after_the_queue_has_drained() {
        let mut queue = Queue::with_bound("inbox", 1_000);
        for item in 0..500 {
            queue.push(item).unwrap();
        }
        while queue.pop().is_some() {}
        queue.push(1).unwrap();
        assert_eq!(queue.high_water(), 500);
    }
}
