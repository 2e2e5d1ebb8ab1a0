//! Time since the driver began, and the pace at which work is begun.

use machine::Instant;
use std::time::Duration;

/// The driver's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(std::time::Instant);

impl Clock {
    pub(crate) fn start() -> Clock {
        Clock(std::time::Instant::now())
    }

    pub(crate) fn now(self) -> Instant {
        let nanos = u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Instant::from_nanos(nanos)
    }
}

/// An open loop: work is begun at its rate whatever becomes of what was begun before, so that a
/// slow exchange cannot slow those who ask it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    first: Option<Instant>,
    gap: Duration,
    begun: u32,
    count: u32,
}

impl Pace {
    /// So many in all, so many per second.
    pub(crate) fn new(count: u32, per_second: f64) -> Pace {
        Pace {
            first: None,
            gap: Duration::from_secs_f64(1.0 / per_second.max(0.001)),
            begun: 0,
            count,
        }
    }

    /// The same, the first at that moment.
    pub(crate) fn starting(first: Instant, count: u32, per_second: f64) -> Pace {
        Pace {
            first: Some(first),
            ..Pace::new(count, per_second)
        }
    }

    /// Whether another is due now; it then counts as begun.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let first = *self.first.get_or_insert(now);
        let due = self.begun < self.count && first + self.gap * self.begun <= now;
        self.begun += u32::from(due);
        due
    }

    /// When the next is due; none before the first was begun, which is due at once.
    pub(crate) fn due(&self) -> Option<Instant> {
        Some(self.first? + self.gap * self.begun)
    }

    /// Whether all were begun.
    pub(crate) fn is_over(&self) -> bool {
        self.begun == self.count
    }
}

/// The whole number next to this one, at least 1.
pub(crate) fn whole(number: f64) -> u32 {
    // Rust has no checked way from floating point; printing one without decimals is exact.
    format!("{number:.0}").parse().unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_begins_what_is_due_and_no_more_than_its_count() {
        let mut pace = Pace::new(5, 100.0);
        let mut due = |ms| {
            let now = Instant::from_millis(ms);
            let mut n = 0;
            while pace.take(now) {
                n += 1;
            }
            n
        };
        assert_eq!(
            [due(1_000), due(1_009), due(1_010), due(1_035)],
            [1, 0, 1, 2]
        );
        assert_eq!([due(9_000), due(10_000)], [1, 0]);
    }
}
