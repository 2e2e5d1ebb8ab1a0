//! How long was talked within a day, calls that go on included.

use machine::WallTime;
use std::time::Duration;

/// Talking time of one day, added up without looking at each call: of those that go on, their
/// number and the sum of their beginnings are enough.
///
/// ```text
/// used at t = over + live · t − Σ begun
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TalkTime {
    /// Milliseconds of calls that are over.
    over: i128,
    /// Calls that go on.
    live: u32,
    /// Sum of when those began, in Unix milliseconds.
    begun: i128,
}

impl TalkTime {
    /// A call is answered.
    pub fn begins(&mut self, at: WallTime) {
        self.live += 1;
        self.begun += i128::from(at.unix_ms());
    }

    /// A call that was answered is over. Of what it talked before the day began, nothing counts.
    pub fn ends(&mut self, since: WallTime, at: WallTime, day_began: WallTime) {
        let since = since.max(day_began);
        self.live = self.live.saturating_sub(1);
        self.begun -= i128::from(since.unix_ms());
        self.over += i128::from(at.unix_ms().saturating_sub(since.unix_ms()).max(0));
    }

    /// A new day began: calls that go on count from then.
    pub fn day_begins(&mut self, at: WallTime) {
        self.over = 0;
        self.begun = i128::from(self.live) * i128::from(at.unix_ms());
    }

    /// What was talked until a moment of the day.
    #[must_use]
    pub fn used(&self, at: WallTime) -> Duration {
        let live = i128::from(self.live) * i128::from(at.unix_ms()) - self.begun;
        let used = self.over + live.max(0);
        Duration::from_millis(u64::try_from(used.max(0)).unwrap_or(u64::MAX))
    }

    /// The part of it that was talked in calls that are over.
    #[must_use]
    pub fn used_in_calls_over(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.over.max(0)).unwrap_or(u64::MAX))
    }

    /// What is known from elsewhere to have been talked in calls that are over.
    pub fn adds(&mut self, talked: Duration) {
        self.over += i128::try_from(talked.as_millis()).unwrap_or(i128::MAX >> 1);
    }

    /// Calls that go on.
    #[must_use]
    pub fn live(&self) -> u32 {
        self.live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> WallTime {
        WallTime::from_unix_ms(1_900_000_000_000 + seconds * 1_000)
    }

    fn seconds(time: &TalkTime, at: WallTime) -> u64 {
        time.used(at).as_secs()
    }

    #[test]
    fn calls_that_go_on_are_counted_until_now_and_those_that_are_over_until_their_end() {
        let mut time = TalkTime::default();
        time.begins(at(0));
        time.begins(at(10));
        assert_eq!(seconds(&time, at(30)), 50);
        time.ends(at(0), at(30), at(-100));
        assert_eq!(seconds(&time, at(40)), 60);
        time.ends(at(10), at(40), at(-100));
        assert_eq!(seconds(&time, at(1_000)), 60);
        assert_eq!(time.live(), 0);
    }

    #[test]
    fn of_a_call_over_midnight_each_day_has_its_part() {
        let mut time = TalkTime::default();
        time.begins(at(0));
        assert_eq!(seconds(&time, at(60)), 60);
        time.day_begins(at(60));
        assert_eq!(seconds(&time, at(60)), 0);
        assert_eq!(seconds(&time, at(65)), 5);
        time.ends(at(0), at(70), at(60));
        assert_eq!(seconds(&time, at(500)), 10);
    }

    #[test]
    fn what_is_known_from_before_is_added() {
        let mut time = TalkTime::default();
        time.adds(Duration::from_secs(90));
        time.begins(at(0));
        assert_eq!(seconds(&time, at(10)), 100);
    }
}
