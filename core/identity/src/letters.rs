//! How often one person is written to, so that nobody's mailbox can be flooded from here.

use std::time::Duration;

use machine::WallTime;
use serde::{Deserialize, Serialize};

/// Shortest time between two mails to one person.
pub const LETTER_PAUSE: Duration = Duration::from_secs(60);

/// Most mails to one person within [`LETTER_DAY`].
pub const LETTERS_MAX: usize = 10;

/// The time in which [`LETTERS_MAX`] mails may go out.
pub const LETTER_DAY: Duration = Duration::from_secs(24 * 3_600);

/// When mails went out to one person lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters(Vec<WallTime>);

impl Letters {
    /// Lets a mail go out, and remembers it; or tells how long to wait first.
    ///
    /// # Errors
    /// How long to wait, above zero.
    pub fn admit(&mut self, now: WallTime) -> Result<(), Duration> {
        self.0.retain(|at| now.saturating_since(*at) < LETTER_DAY);
        let left = |at: &WallTime, pause: Duration| pause.saturating_sub(now.saturating_since(*at));
        let soon = self
            .0
            .last()
            .map_or(Duration::ZERO, |at| left(at, LETTER_PAUSE));
        let full = self.0.len() >= LETTERS_MAX;
        let many = self
            .0
            .first()
            .filter(|_| full)
            .map_or(Duration::ZERO, |at| left(at, LETTER_DAY));
        let wait = soon.max(many);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        self.0.push(now);
        Ok(())
    }

    /// Forgets a mail that was let go and did not go out.
    pub fn take_back(&mut self, at: WallTime) {
        if let Some(place) = self.0.iter().rposition(|known| *known == at) {
            self.0.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(number: i64) -> WallTime {
        WallTime::from_unix_ms(number * 60_000)
    }

    #[test]
    fn a_second_mail_within_a_minute_waits_for_its_end() {
        let mut letters = Letters::default();
        assert_eq!(letters.admit(minute(0)), Ok(()));
        let soon = WallTime::from_unix_ms(20_000);
        assert_eq!(letters.admit(soon), Err(Duration::from_secs(40)));
        assert_eq!(letters.admit(minute(1)), Ok(()));
    }

    #[test]
    fn a_mail_that_did_not_go_out_makes_nobody_wait() {
        let mut letters = Letters::default();
        assert_eq!(letters.admit(minute(0)), Ok(()));
        letters.take_back(minute(0));
        letters.take_back(minute(7));
        assert_eq!(letters, Letters::default());
        assert_eq!(letters.admit(minute(0)), Ok(()));
    }

    #[test]
    fn the_eleventh_mail_of_a_day_waits_until_the_first_is_a_day_old() {
        let mut letters = Letters::default();
        for number in 0..10 {
            assert_eq!(letters.admit(minute(number)), Ok(()), "{number}");
        }
        let wait = letters.admit(minute(10));
        assert_eq!(wait, Err(LETTER_DAY - Duration::from_secs(600)));
        assert_eq!(letters.admit(minute(24 * 60)), Ok(()));
    }
}
