//! Which nonce counts have been used (RFC 7616 §3.4, `nc`).

use std::collections::{BTreeMap, VecDeque};

use super::nonce::Nonce;

/// How far a count may lag behind the highest seen: requests may overtake each other.
const WINDOW: u32 = 64;

#[derive(Clone, Copy)]
struct Used {
    highest: u32,
    /// Bit n: `highest - n` was used.
    seen: u64,
}

/// The nonces that were used rightly; bounded.
///
/// When it is full the oldest is forgotten, and with it the right to use any nonce made before:
/// `floor`. So forgetting never makes a replay possible, it costs an honest phone one more
/// round.
pub(super) struct Replay {
    used: BTreeMap<u128, Used>,
    order: VecDeque<Nonce>,
    floor_ms: u64,
    bound: usize,
}

impl Replay {
    pub(super) fn with_bound(bound: usize) -> Self {
        Self {
            used: BTreeMap::new(),
            order: VecDeque::new(),
            floor_ms: 0,
            bound: bound.max(1),
        }
    }

    /// Whether the nonce is too old for what we remember.
    pub(super) fn is_forgotten(&self, nonce: &Nonce) -> bool {
        nonce.made_ms < self.floor_ms && !self.used.contains_key(&nonce.id)
    }

    /// Marks a count as used; false when it was used before.
    pub(super) fn take(&mut self, nonce: Nonce, count: u32) -> bool {
        if let Some(used) = self.used.get_mut(&nonce.id) {
            return used.take(count);
        }
        if self.used.len() >= self.bound
            && let Some(oldest) = self.order.pop_front()
        {
            self.used.remove(&oldest.id);
            self.floor_ms = self.floor_ms.max(oldest.made_ms.saturating_add(1));
        }
        self.used.insert(
            nonce.id,
            Used {
                highest: count,
                seen: 1,
            },
        );
        self.order.push_back(nonce);
        true
    }

    /// Forgets what has expired anyway.
    pub(super) fn forget_before(&mut self, made_ms: u64) {
        while let Some(oldest) = self.order.front().copied() {
            if oldest.made_ms >= made_ms {
                return;
            }
            self.order.pop_front();
            self.used.remove(&oldest.id);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.used.len()
    }
}

impl Used {
    fn take(&mut self, count: u32) -> bool {
        if count > self.highest {
            let ahead = count - self.highest;
            self.seen = if ahead < WINDOW {
                self.seen << ahead | 1
            } else {
                1
            };
            self.highest = count;
            return true;
        }
        let behind = self.highest - count;
        if behind >= WINDOW || self.seen >> behind & 1 == 1 {
            return false;
        }
        self.seen |= 1 << behind;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonce(number: u64) -> Nonce {
        Nonce {
            id: u128::from(number),
            made_ms: number,
        }
    }

    #[test]
    fn a_count_is_taken_once_in_any_order_within_the_window() {
        let mut replay = Replay::with_bound(4);
        assert!(replay.take(nonce(1), 5));
        assert!(!replay.take(nonce(1), 5));
        assert!(replay.take(nonce(1), 3));
        assert!(!replay.take(nonce(1), 3));
        assert!(replay.take(nonce(1), 200));
        assert!(!replay.take(nonce(1), 5));
        assert!(!replay.take(nonce(1), 136));
        assert!(replay.take(nonce(1), 137));
        assert!(!replay.take(nonce(1), 137));
    }

    #[test]
    fn what_is_forgotten_cannot_be_used_again() {
        let mut replay = Replay::with_bound(2);
        for number in 1..=3 {
            assert!(replay.take(nonce(number), 1));
        }
        assert_eq!(replay.len(), 2);
        assert!(replay.is_forgotten(&nonce(1)));
        assert!(!replay.is_forgotten(&nonce(2)));
        replay.forget_before(3);
        assert_eq!(replay.len(), 1);
    }
}
