//! The highest rate that is borne, by bisection.

use crate::sys::Epoll;
use crate::tally::Outcome;
use serde::Serialize;
use std::io;
use std::time::Duration;

/// Where to look, and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Halvings of the range, in ratio.
    pub(crate) steps: u32,
    /// Rest after each try, so that what is left of one does not burden the next.
    pub(crate) rest: Duration,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    /// The highest rate that was borne; 0 when none was.
    pub(crate) peak: f64,
    /// What it was like.
    pub(crate) best: Option<Outcome>,
    /// All tries.
    pub(crate) tries: Vec<Outcome>,
}

/// Tries rates; `attempt` is given a rate.
///
/// # Errors
/// What `attempt` failed with.
pub(crate) fn search(
    range: Range,
    mut attempt: impl FnMut(f64) -> io::Result<Outcome>,
) -> io::Result<Found> {
    let (mut low, mut high) = (range.low, range.high);
    let mut found = Found {
        peak: 0.0,
        best: None,
        tries: Vec::new(),
    };
    for _ in 0..range.steps {
        let rate = (low * high).sqrt().round();
        let outcome = attempt(rate)?;
        if outcome.is_borne() {
            low = rate;
            found.peak = rate;
            found.best = Some(outcome.clone());
        } else {
            high = rate;
        }
        found.tries.push(outcome);
        rest(range.rest)?;
    }
    Ok(found)
}

/// Waits.
///
/// # Errors
/// The kernel gives nothing to wait with.
pub(crate) fn rest(length: Duration) -> io::Result<()> {
    Epoll::new()?.wait(length);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tally::Tally;
    use machine::Instant;

    fn attempt(rate: f64, most: f64) -> Outcome {
        let mut tally = Tally::new();
        for _ in 0..1_000 {
            tally.begins(Instant::ZERO);
            let seconds = 1_000.0 / rate.min(most);
            tally.succeeds(Instant::ZERO + Duration::from_secs_f64(seconds));
        }
        tally.outcome(rate, Duration::ZERO, None)
    }

    #[test]
    fn the_peak_is_found_from_below() {
        let range = Range {
            low: 10.0,
            high: 10_000.0,
            steps: 12,
            rest: Duration::ZERO,
        };
        let found = search(range, |rate| Ok(attempt(rate, 777.0))).unwrap();
        assert!((770.0..=801.0).contains(&found.peak), "{}", found.peak);
        assert_eq!(found.tries.len(), 12);
    }
}
