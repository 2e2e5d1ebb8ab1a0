//! The contract between a machine and whatever runs it, and the deadline it asks to be woken at.

use std::fmt::Debug;

use crate::Instant;

/// When a machine wants to be woken, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deadline<R> {
    /// The instant at or after which [`Machine::expire`] is to be called.
    pub at: Instant,
    /// What is due then: a closed enum of the machine's own, carrying the RFC's timer letter
    /// where the RFC gives one.
    pub reason: R,
}

impl<R> Deadline<R> {
    /// A deadline at this instant for this reason.
    pub const fn new(at: Instant, reason: R) -> Deadline<R> {
        Deadline { at, reason }
    }

    /// Whether it has come.
    pub fn is_due(&self, now: Instant) -> bool {
        self.at <= now
    }

    /// The same deadline with its reason told in an outer machine's words.
    pub fn map<T>(self, reason: impl FnOnce(R) -> T) -> Deadline<T> {
        Deadline {
            at: self.at,
            reason: reason(self.reason),
        }
    }
}

/// The earlier of two deadlines, where there are any; of two at the same instant the first.
pub fn earliest<R>(a: Option<Deadline<R>>, b: Option<Deadline<R>>) -> Option<Deadline<R>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.at < a.at { b } else { a }),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}

/// A state machine without clock, randomness, input or output of its own.
///
/// What runs it promises: `now` never goes back from one call to the next, and [`expire`] is
/// called as soon as it can be once the deadline has come, perhaps late, perhaps early.
/// The machine promises:
/// * equal inputs at equal instants give equal outputs;
/// * [`expire`] does all that was due *before* `now`: afterwards the deadline is not in the past.
///   It may be at `now` again, but a machine that stays at `now` without end is broken;
/// * [`expire`] before the deadline does nothing;
/// * [`deadline`] is cheap; it is asked after every call.
///
/// [`harness::Driver`](crate::harness::Driver) holds machines to it in tests.
///
/// [`expire`]: Machine::expire
/// [`deadline`]: Machine::deadline
pub trait Machine {
    /// What has happened: past facts, such as a response received.
    type Input;
    /// What is to be done, or what is to be told: orders and events.
    type Output;
    /// Why the machine wants to be woken.
    type Reason: Copy + Debug;

    /// Takes one input that happened at `now`; outputs are appended to `out` in order.
    fn handle(&mut self, input: Self::Input, now: Instant, out: &mut Vec<Self::Output>);

    /// When the machine next wants [`Machine::expire`] to be called; nothing while it only waits
    /// for input.
    fn deadline(&self) -> Option<Deadline<Self::Reason>>;

    /// Does what is due at `now`; outputs are appended to `out` in order.
    fn expire(&mut self, now: Instant, out: &mut Vec<Self::Output>);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn at(millis: u64, reason: char) -> Option<Deadline<char>> {
        Some(Deadline::new(Instant::from_millis(millis), reason))
    }

    #[test]
    fn the_earlier_deadline_wins_and_a_tie_goes_to_the_first() {
        assert_eq!(earliest(at(1, 'A'), at(2, 'B')), at(1, 'A'));
        assert_eq!(earliest(at(2, 'A'), at(1, 'B')), at(1, 'B'));
        assert_eq!(earliest(at(1, 'A'), at(1, 'B')), at(1, 'A'));
        assert_eq!(earliest(at(1, 'A'), None), at(1, 'A'));
        assert_eq!(earliest(None, at(1, 'B')), at(1, 'B'));
        assert_eq!(earliest::<char>(None, None), None);
    }

    #[test]
    fn a_deadline_is_due_at_its_very_instant() {
        let deadline = Deadline::new(Instant::from_nanos(5), 'A');
        assert!(!deadline.is_due(Instant::from_nanos(4)));
        assert!(deadline.is_due(Instant::from_nanos(5)));
        assert!(deadline.is_due(Instant::from_nanos(6)));
    }

    #[test]
    fn mapping_keeps_the_instant() {
        let deadline = Deadline::new(Instant::from_nanos(5), 2).map(|number| number * 2);
        assert_eq!(deadline, Deadline::new(Instant::from_nanos(5), 4));
    }
}
