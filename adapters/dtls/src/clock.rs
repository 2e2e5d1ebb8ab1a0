//! Between the node's time and the one that the handshake counts by.

use std::time::Instant as Foreign;

use machine::Instant;

/// A day and more ahead: the handshake's word for "never".
const NEVER: Instant = Instant::from_secs(24 * 60 * 60);

/// Tells both times of each other. Its beginning is a moment of the foreign time that has no
/// meaning of its own: the handshake sees no more than differences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    beginning: Foreign,
}

impl Clock {
    /// A clock that counts from this moment.
    pub(crate) fn beginning_at(beginning: Foreign) -> Clock {
        Clock { beginning }
    }

    /// The node's time for the handshake. What is too late for it never comes.
    pub(crate) fn foreign(self, at: Instant) -> Foreign {
        let since = at.saturating_since(Instant::ZERO);
        self.beginning.checked_add(since).unwrap_or(self.beginning)
    }

    /// When the handshake wants to be woken, in the node's time; none where that is never.
    pub(crate) fn due(self, at: Foreign, now: Instant) -> Option<Instant> {
        let due = Instant::ZERO + at.saturating_duration_since(self.beginning);
        let never = due.saturating_since(now) > NEVER.saturating_since(Instant::ZERO);
        (!never).then_some(due)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_the_same_there_and_back() {
        let clock = Clock::beginning_at(Foreign::now());
        for nanos in [0, 1, 1_500_000_000, 3_600_000_000_001] {
            let at = Instant::from_nanos(nanos);
            assert_eq!(clock.due(clock.foreign(at), at), Some(at));
        }
    }

    #[test]
    fn what_is_years_ahead_never_comes() {
        let clock = Clock::beginning_at(Foreign::now());
        let now = Instant::from_secs(50);
        let years = clock.foreign(now) + Duration::from_secs(300_000_000);
        assert_eq!(clock.due(years, now), None);
    }
}
