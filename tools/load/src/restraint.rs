//! How far parties may run ahead of what is heard of them.
//!
//! A machine that cannot carry what is offered fills its buffers, and then says more of their size
//! than of what moves packets. Where two ways are compared, both have the same number of packets
//! under way at most, and what could not be said in time is left unsaid.

use machine::Instant;
use std::time::Duration;

/// Nothing heard for so long: what was under way is lost and no longer waited for.
const LOST: Duration = Duration::from_millis(50);

/// Packets under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Restraint {
    most: Option<usize>,
    under_way: usize,
    heard: Instant,
}

impl Restraint {
    /// Parties talk whatever is heard of it.
    pub(crate) fn none() -> Restraint {
        Restraint {
            most: None,
            under_way: 0,
            heard: Instant::ZERO,
        }
    }

    /// Nobody talks while so many packets are under way.
    pub(crate) fn of(most: usize) -> Restraint {
        Restraint {
            most: Some(most),
            ..Restraint::none()
        }
    }

    /// Nothing is under way any longer.
    pub(crate) fn clear(&mut self, now: Instant) {
        self.under_way = 0;
        self.heard = now;
    }

    /// Another packet is under way.
    pub(crate) fn says(&mut self) {
        self.under_way += 1;
    }

    /// A packet was heard.
    pub(crate) fn hears(&mut self, now: Instant) {
        self.under_way = self.under_way.saturating_sub(1);
        self.heard = now;
    }

    /// Whether parties have to wait.
    pub(crate) fn holds(&mut self, now: Instant) -> bool {
        let held = self.most.is_some_and(|most| self.under_way >= most);
        if held && now.saturating_since(self.heard) >= LOST {
            self.clear(now);
            return false;
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_wait_for_what_is_under_way_and_not_for_what_is_lost() {
        let at = Instant::from_millis;
        let mut restraint = Restraint::of(2);
        restraint.clear(at(100));
        restraint.says();
        assert!(!restraint.holds(at(100)));
        restraint.says();
        assert!(restraint.holds(at(100)));
        restraint.hears(at(110));
        assert!(!restraint.holds(at(110)));
        restraint.says();
        assert!(restraint.holds(at(159)));
        assert!(!restraint.holds(at(160)), "nothing was heard of them");
        assert!(!restraint.holds(at(161)), "and they are forgotten");
    }

    #[test]
    fn without_a_bound_nobody_waits() {
        let mut restraint = Restraint::none();
        (0..1_000).for_each(|_| restraint.says());
        assert!(!restraint.holds(Instant::ZERO));
    }
}
