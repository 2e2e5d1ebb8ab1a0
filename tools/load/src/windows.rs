//! In which order ways of packets are measured: in turns, a window each, so that whatever else the
//! machine does weighs on all of them alike.

use machine::Instant;
use serde::Serialize;
use std::time::Duration;

/// Parties talk for so long before a window, so that addresses are learnt and caches warm.
const WARM: Duration = Duration::from_millis(150);
/// All are silent for so long before and after a window: what is under way arrives, and counters
/// stand still while they are read.
const STILL: Duration = Duration::from_millis(100);

/// By which way packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lane {
    /// Through the exchange.
    Exchange,
    /// Through a relay with nothing in it.
    Bare,
    /// From party to party.
    Direct,
    /// Through rtpengine.
    Rtpengine,
}

/// What is to be done with a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Its parties talk, and nothing counts yet.
    Warm,
    /// They are silent.
    Still,
    /// They talk, and this counts.
    Count,
    /// They are silent, and what is under way still counts.
    Drain,
    /// The window is over.
    End,
}

/// The windows of a run.
pub(crate) struct Turns {
    /// What comes, the next one last.
    left: Vec<(Lane, Change)>,
    /// When it comes; at once when nothing came yet.
    due: Option<Instant>,
    length: Duration,
}

impl Turns {
    /// So many rounds, in each of them a window of this length for each lane.
    pub(crate) fn new(rounds: u32, lanes: &[Lane], length: Duration) -> Turns {
        let changes = [
            Change::End,
            Change::Drain,
            Change::Count,
            Change::Still,
            Change::Warm,
        ];
        let round = lanes
            .iter()
            .rev()
            .flat_map(|lane| changes.map(|change| (*lane, change)));
        let left = (0..rounds).flat_map(|_| round.clone()).collect();
        Turns {
            left,
            due: None,
            length,
        }
    }

    /// How long all of it takes.
    pub(crate) fn span(&self) -> Duration {
        self.left
            .iter()
            .map(|(_, change)| self.lasts(*change))
            .sum()
    }

    /// The change that is due, if one is.
    pub(crate) fn take(&mut self, now: Instant) -> Option<(Lane, Change)> {
        if self.due.is_some_and(|due| now < due) {
            return None;
        }
        let (lane, change) = self.left.pop()?;
        self.due = Some(now + self.lasts(change));
        Some((lane, change))
    }

    /// Whether all windows are over.
    pub(crate) fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    fn lasts(&self, change: Change) -> Duration {
        match change {
            Change::Warm => WARM,
            Change::Still | Change::Drain => STILL,
            Change::Count => self.length,
            Change::End => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_take_turns_and_each_window_has_its_length() {
        let length = Duration::from_secs(2);
        let mut turns = Turns::new(2, &[Lane::Exchange, Lane::Bare], length);
        assert_eq!(turns.span(), Duration::from_millis(4 * 2_350));
        let (mut counted, mut began) = (Vec::new(), Instant::ZERO);
        for ms in 0..20_000 {
            let now = Instant::from_millis(ms);
            while let Some((lane, change)) = turns.take(now) {
                match change {
                    Change::Count => began = now,
                    Change::Drain => counted.push((lane, now.saturating_since(began))),
                    Change::Warm | Change::Still | Change::End => {}
                }
            }
        }
        let two = [(Lane::Exchange, length), (Lane::Bare, length)];
        assert_eq!(counted, [two, two].concat());
        assert!(turns.is_over());
    }
}
