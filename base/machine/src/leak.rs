//! A level that rises by what happens and sinks by itself.

use crate::Instant;
use std::time::Duration;

/// How much there is of something, each unit of which is forgotten in a fixed time. Kept as the
/// moment at which all of it will be forgotten, so that it needs no timer. Who counts one thing
/// with it passes the same time each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leak(Instant);

impl Leak {
    /// Adds so many units.
    pub fn add(&mut self, units: u32, each: Duration, now: Instant) {
        self.0 = self.0.max(now) + each.saturating_mul(units);
    }

    /// Takes so many units away.
    pub fn forgive(&mut self, units: u32, each: Duration) {
        self.0 = self.0.saturating_sub(each.saturating_mul(units));
    }

    /// Whether there are so many units or more.
    pub fn reaches(self, units: u32, each: Duration, now: Instant) -> bool {
        self.0.saturating_since(now) >= each.saturating_mul(units)
    }

    /// Whether one more unit would make no more than `most` of them.
    pub fn has_room(self, most: u32, each: Duration, now: Instant) -> bool {
        let full = each.saturating_mul(most.saturating_sub(1));
        most > 0 && self.0.saturating_since(now) <= full
    }

    /// Adds one unit unless that would make more than `most` of them; tells whether it did. So
    /// many are let through at once, and then one in each such time.
    pub fn take(&mut self, most: u32, each: Duration, now: Instant) -> bool {
        let room = self.has_room(most, each, now);
        if room {
            self.add(1, each, now);
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EACH: Duration = Duration::from_secs(3);

    #[test]
    fn what_was_added_is_forgotten_evenly() {
        let mut leak = Leak::default();
        leak.add(10, EACH, Instant::from_secs(100));
        assert!(leak.reaches(10, EACH, Instant::from_secs(100)));
        assert!(leak.reaches(5, EACH, Instant::from_secs(115)));
        assert!(!leak.reaches(6, EACH, Instant::from_secs(115)));
        assert!(!leak.reaches(1, EACH, Instant::from_secs(130)));
    }

    #[test]
    fn a_level_gives_its_room_at_once_and_then_as_it_sinks() {
        let mut leak = Leak::default();
        let mut taken = |at| {
            (0..10)
                .filter(|_| leak.take(4, EACH, Instant::from_secs(at)))
                .count()
        };
        assert_eq!(taken(50), 4);
        assert_eq!(taken(52), 0);
        assert_eq!(taken(53), 1);
        // what was asked for in vain costs nothing
        assert_eq!(taken(59), 2);
        assert!(!Leak::default().take(0, EACH, Instant::from_secs(50)));
    }

    #[test]
    fn what_is_forgiven_makes_room() {
        let mut leak = Leak::default();
        let now = Instant::from_secs(7);
        leak.add(4, EACH, now);
        leak.forgive(1, EACH);
        assert!(leak.take(4, EACH, now) && !leak.take(4, EACH, now));
    }
}
