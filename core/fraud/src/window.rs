//! Sums of what happened lately, over a time that slides.

use machine::Instant;
use std::time::Duration;

/// What happened within a period, in `N` slots of which all but one fill the period. What is added
/// counts for at least the period, and for at most one slot longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window<const N: usize> {
    period: Duration,
    slots: [u64; N],
    /// Number of the latest slot since the beginning of time.
    latest: u128,
}

impl<const N: usize> Window<N> {
    pub(crate) fn new(period: Duration) -> Window<N> {
        Window {
            period,
            slots: [0; N],
            latest: 0,
        }
    }

    /// Adds to the present slot.
    pub(crate) fn add(&mut self, amount: u64, now: Instant) {
        self.advance(now);
        let index = self.index(self.latest);
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = slot.saturating_add(amount);
        }
    }

    /// What was added within the period.
    pub(crate) fn sum(&mut self, now: Instant) -> u64 {
        self.advance(now);
        self.slots.iter().sum()
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.slots = [0; N];
    }

    fn index(&self, slot: u128) -> usize {
        let many = u128::try_from(N).unwrap_or(1).max(1);
        usize::try_from(slot % many).unwrap_or(0)
    }

    fn advance(&mut self, now: Instant) {
        let filling = u128::try_from(N).unwrap_or(2).max(2) - 1;
        let width = (self.period.as_millis() / filling).max(1);
        let slot = now.saturating_since(Instant::ZERO).as_millis() / width;
        if slot <= self.latest {
            return;
        }
        if slot - self.latest > filling {
            self.clear();
        } else {
            for passed in self.latest + 1..=slot {
                let index = self.index(passed);
                if let Some(old) = self.slots.get_mut(index) {
                    *old = 0;
                }
            }
        }
        self.latest = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_counts_for_the_period_and_at_most_one_slot_longer() {
        let mut window: Window<7> = Window::new(Duration::from_secs(60));
        window.add(3, Instant::from_secs(119));
        window.add(4, Instant::from_secs(120));
        assert_eq!(window.sum(Instant::from_secs(120)), 7);
        assert_eq!(window.sum(Instant::from_secs(179)), 7);
        assert_eq!(window.sum(Instant::from_secs(180)), 4);
        assert_eq!(window.sum(Instant::from_secs(189)), 4);
        assert_eq!(window.sum(Instant::from_secs(190)), 0);
        window.add(1, Instant::from_secs(200));
        assert_eq!(window.sum(Instant::from_secs(100_000)), 0);
    }
}
