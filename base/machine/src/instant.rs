//! Monotonic time as machines see it: nanoseconds since the node's own start.

use std::fmt;
use std::ops::{Add, AddAssign};
use std::time::Duration;

/// A point of the node's monotonic time, in nanoseconds since the node started (584 years of
/// them). Arithmetic saturates at both ends instead of overflowing.
///
/// It means nothing on another node or after a restart, and therefore has no serde form: what is
/// stored is a [`WallTime`](crate::WallTime), converted by a [`Clock`](crate::Clock).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The node's start.
    pub const ZERO: Instant = Instant(0);

    /// The last instant there is; a deadline here never comes.
    pub const MAX: Instant = Instant(u64::MAX);

    /// The instant this many nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> Instant {
        Instant(nanos)
    }

    /// The instant this many microseconds after the start, at most [`Instant::MAX`].
    pub const fn from_micros(micros: u64) -> Instant {
        Instant(micros.saturating_mul(1_000))
    }

    /// The instant this many milliseconds after the start, at most [`Instant::MAX`].
    pub const fn from_millis(millis: u64) -> Instant {
        Instant(millis.saturating_mul(1_000_000))
    }

    /// The instant this many seconds after the start, at most [`Instant::MAX`].
    pub const fn from_secs(secs: u64) -> Instant {
        Instant(secs.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whole microseconds since the start, rounded down.
    pub const fn as_micros(self) -> u64 {
        self.0 / 1_000
    }

    /// Whole milliseconds since the start, rounded down.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000_000
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub const fn saturating_since(self, earlier: Instant) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The instant so much earlier, at least [`Instant::ZERO`].
    pub fn saturating_sub(self, duration: Duration) -> Instant {
        Instant(self.0.saturating_sub(nanos(duration)))
    }

    /// The instant so much later, or nothing when that is after [`Instant::MAX`].
    pub fn checked_add(self, duration: Duration) -> Option<Instant> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_add(nanos).map(Instant)
    }
}

/// A duration's nanoseconds, at most `u64::MAX` of them.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Add<Duration> for Instant {
    type Output = Instant;

    /// The instant so much later, at most [`Instant::MAX`].
    fn add(self, duration: Duration) -> Instant {
        Instant(self.0.saturating_add(nanos(duration)))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl fmt::Display for Instant {
    /// Seconds since the start with three, six or nine decimals, as many as are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, rest) = (self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        if rest.is_multiple_of(1_000_000) {
            write!(f, "{seconds}.{:03}", rest / 1_000_000)
        } else if rest.is_multiple_of(1_000) {
            write!(f, "{seconds}.{:06}", rest / 1_000)
        } else {
            write!(f, "{seconds}.{rest:09}")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        assert_eq!(Instant::MAX + Duration::from_nanos(1), Instant::MAX);
        assert_eq!(Instant::ZERO + Duration::MAX, Instant::MAX);
        assert_eq!(
            Instant::from_secs(1).saturating_sub(Duration::MAX),
            Instant::ZERO
        );
        assert_eq!(Instant::from_secs(u64::MAX), Instant::MAX);
        assert_eq!(Instant::from_millis(u64::MAX), Instant::MAX);
        assert_eq!(Instant::from_micros(u64::MAX), Instant::MAX);
        assert_eq!(Instant::MAX.checked_add(Duration::from_nanos(1)), None);
        assert_eq!(Instant::ZERO.checked_add(Duration::MAX), None);
    }

    #[test]
    fn the_time_since_a_later_instant_is_zero() {
        let (early, late) = (Instant::from_millis(2), Instant::from_millis(5));
        assert_eq!(late.saturating_since(early), Duration::from_millis(3));
        assert_eq!(early.saturating_since(late), Duration::ZERO);
    }

    #[test]
    fn units_agree() {
        assert_eq!(Instant::from_secs(3), Instant::from_millis(3_000));
        assert_eq!(Instant::from_millis(3), Instant::from_micros(3_000));
        assert_eq!(Instant::from_micros(3), Instant::from_nanos(3_000));
        assert_eq!(Instant::from_nanos(1_999_999).as_millis(), 1);
        assert_eq!(Instant::from_nanos(1_999_999).as_micros(), 1_999);
        let mut at = Instant::from_secs(1);
        at += Duration::from_millis(500);
        assert_eq!(at.as_nanos(), 1_500_000_000);
    }

    #[test]
    fn text_shows_no_more_decimals_than_it_must() {
        assert_eq!(Instant::ZERO.to_string(), "0.000");
        assert_eq!(Instant::from_millis(61_500).to_string(), "61.500");
        assert_eq!(Instant::from_micros(1_000_001).to_string(), "1.000001");
        assert_eq!(Instant::from_nanos(7).to_string(), "0.000000007");
    }
}
