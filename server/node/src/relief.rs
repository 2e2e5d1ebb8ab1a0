//! How much less a tenant's callers are asked to send while it is beyond what it can be served:
//! the loss of RFC 7339, found from what was refused.

use machine::Instant;
use std::time::Duration;

/// How long is watched before the loss is set anew, and how long what was asked holds.
pub(crate) const WINDOW: Duration = Duration::from_millis(500);

/// All that may be sent.
const WHOLE: u32 = 1_000;

/// Most that is asked for: something must come, or nobody would learn that there is room again.
const MOST: u32 = 950;

/// By so much the loss sinks in each window without a refusal: a sixteenth, and one in a hundred.
/// Slow enough that little is refused for it, and from the most to nothing in sixteen seconds.
fn eased(loss: u32) -> u32 {
    (loss - loss / 16).saturating_sub(WHOLE / 100)
}

/// Windows that are looked back on at most; after so many without a message nothing is asked.
const BACK: u128 = 40;

/// The loss of one tenant.
///
/// What comes is what is left after the loss asked for before, so that a share of it refused means
/// that the loss must take that share of the rest too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relief {
    /// Of [`WHOLE`], how many are not to be sent.
    loss: u32,
    began: Instant,
    came: u32,
    refused: u32,
    /// What rounding left over when callers that do not listen were held to the same loss.
    owed: u32,
}

impl Relief {
    /// A request came that would begin something, and was refused or not.
    pub(crate) fn note(&mut self, refused: bool, now: Instant) {
        self.turn(now);
        self.came = self.came.saturating_add(1);
        self.refused = self.refused.saturating_add(u32::from(refused));
    }

    /// Of a hundred requests, how many are not to be sent.
    pub(crate) fn percent(&mut self, now: Instant) -> u8 {
        self.turn(now);
        self.asked()
    }

    /// The same as it was found last.
    pub(crate) fn asked(&self) -> u8 {
        u8::try_from(self.loss.div_ceil(10)).unwrap_or(u8::MAX)
    }

    /// Whether to refuse the request of a caller that does not listen, so that those who do are not
    /// the worse off for it.
    pub(crate) fn holds_back(&mut self, now: Instant) -> bool {
        self.turn(now);
        self.owed += self.loss;
        let one = self.owed >= WHOLE;
        if one {
            self.owed -= WHOLE;
        }
        one
    }

    /// Sets the loss anew for each window that is over.
    fn turn(&mut self, now: Instant) {
        let over = now.saturating_since(self.began).as_nanos() / WINDOW.as_nanos();
        if over == 0 {
            return;
        }
        let rest = WHOLE - self.loss;
        if let Some(more) = rest.saturating_mul(self.refused).checked_div(self.came)
            && more > 0
        {
            self.loss = (self.loss + more).min(MOST);
        } else {
            self.loss = eased(self.loss);
        }
        for _ in 1..over.min(BACK) {
            self.loss = eased(self.loss);
        }
        (self.began, self.came, self.refused) = (now, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000;

    /// A peer that offers so many requests per window and sends what it is asked to; the exchange
    /// serves so many per window and refuses the rest. Tells what came and what was refused in the
    /// last of so many windows.
    fn play(
        relief: &mut Relief,
        from: u64,
        windows: u64,
        (offers, serves): (u64, u64),
    ) -> (u64, u64) {
        let mut last = (0, 0);
        for window in 0..windows {
            let at = |n: u64| Instant::from_millis(from + window * 500 + 1 + n * 499 / offers);
            let sent = offers * u64::from(100 - relief.percent(at(0))) / 100;
            for n in 0..sent {
                relief.note(n >= serves, at(n));
            }
            last = (sent, sent.saturating_sub(serves));
        }
        last
    }

    #[test]
    fn a_peer_that_listens_soon_sends_what_can_be_served() {
        let mut relief = Relief::default();
        for (begins, offers) in [(100, 1_000), (200, 2_000), (300, 1_500)] {
            play(&mut relief, begins * SECOND, 4, (offers, 500));
            for window in 4..20 {
                let from = begins * SECOND + window * 500;
                let (sent, refused) = play(&mut relief, from, 1, (offers, 500));
                assert!((430..=640).contains(&sent), "{sent} of {offers} sent");
                assert!(refused <= 140, "{refused} of {offers} refused");
            }
        }
    }

    #[test]
    fn once_there_is_room_everything_may_be_sent_again() {
        let mut relief = Relief::default();
        play(&mut relief, SECOND, 8, (3_000, 500));
        assert!(relief.percent(Instant::from_millis(SECOND + 4_100)) > 70);
        play(&mut relief, SECOND + 4_500, 34, (100, 500));
        assert_eq!(relief.percent(Instant::from_millis(SECOND + 22_000)), 0);
    }

    #[test]
    fn after_a_silence_nothing_is_asked() {
        let mut relief = Relief::default();
        play(&mut relief, SECOND, 8, (3_000, 500));
        assert_eq!(relief.percent(Instant::from_millis(60 * SECOND)), 0);
    }

    #[test]
    fn whoever_does_not_listen_is_held_to_the_same_share() {
        let mut relief = Relief::default();
        play(&mut relief, SECOND, 8, (2_000, 500));
        let now = Instant::from_millis(SECOND + 4_100);
        let percent = u64::from(relief.percent(now));
        let held = (0..1_000).filter(|_| relief.holds_back(now)).count();
        let held = u64::try_from(held).unwrap_or(0);
        assert!(
            held.abs_diff(percent * 10) <= 10,
            "{held} of 1,000, {percent} %"
        );
    }

    #[test]
    fn somebody_is_always_let_through() {
        let mut relief = Relief::default();
        for n in 0..10_000 {
            relief.note(true, Instant::from_millis(SECOND + n * 10));
        }
        assert!(relief.percent(Instant::from_millis(102 * SECOND)) <= 95);
    }
}
