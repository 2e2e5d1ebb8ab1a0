//! What became of what was begun.

use crate::spread::{Quantiles, Spread};
use machine::Instant;
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of a workload under way.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub(crate) begun: u32,
    pub(crate) good: u32,
    pub(crate) failed: u32,
    pub(crate) silent: u32,
    /// Messages sent again because no answer came.
    pub(crate) repeats: u32,
    /// Final refusals by status.
    pub(crate) refusals: BTreeMap<u16, u32>,
    pub(crate) times: Spread,
    first: Option<Instant>,
    last: Option<Instant>,
    /// When one was begun last, and how many were good by then.
    begun_last: Option<(Instant, u32)>,
}

/// The same, told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    /// Begun per second, as asked for.
    pub(crate) offered: f64,
    pub(crate) begun: u32,
    pub(crate) good: u32,
    pub(crate) failed: u32,
    /// Of the failed: those that nothing was heard of.
    pub(crate) silent: u32,
    pub(crate) repeats: u32,
    pub(crate) refusals: BTreeMap<u16, u32>,
    /// Good ones per second, from the first begin to the last good end.
    pub(crate) rate: f64,
    /// Good ones per second while more were begun: what comes of the rest after the last begin is
    /// left out.
    pub(crate) steady: f64,
    /// Time to the answer that matters, microseconds.
    pub(crate) micros: Quantiles,
    /// Processor seconds of the exchange meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_seconds: Option<f64>,
    /// Processor seconds of the exchange per thousand good ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_per_thousand: Option<f64>,
}

impl Tally {
    pub(crate) fn new() -> Tally {
        Tally {
            begun: 0,
            good: 0,
            failed: 0,
            silent: 0,
            repeats: 0,
            refusals: BTreeMap::new(),
            times: Spread::new(),
            first: None,
            last: None,
            begun_last: None,
        }
    }

    pub(crate) fn begins(&mut self, now: Instant) {
        self.begun += 1;
        self.begun_last = Some((now, self.good));
        self.first.get_or_insert(now);
    }

    pub(crate) fn succeeds(&mut self, now: Instant) {
        self.good += 1;
        self.last = Some(now);
    }

    pub(crate) fn is_refused(&mut self, status: u16) {
        self.failed += 1;
        *self.refusals.entry(status).or_default() += 1;
    }

    pub(crate) fn hears_nothing(&mut self) {
        self.failed += 1;
        self.silent += 1;
    }

    /// Whether all that was begun has ended.
    pub(crate) fn is_settled(&self) -> bool {
        self.good + self.failed == self.begun
    }

    /// Adds what became of others.
    pub(crate) fn join(&mut self, other: &Tally) {
        self.begun += other.begun;
        self.good += other.good;
        self.failed += other.failed;
        self.silent += other.silent;
        self.repeats += other.repeats;
        for (status, count) in &other.refusals {
            *self.refusals.entry(*status).or_default() += count;
        }
        self.times.join(&other.times);
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
        self.begun_last = match (self.begun_last, other.begun_last) {
            (Some((one, good)), Some((another, more))) => Some((one.max(another), good + more)),
            (one, another) => one.or(another),
        };
    }

    /// Tells what became of it. `beside` is time that each takes by its own nature, as holding a
    /// call does, and which does not count against the rate.
    pub(crate) fn outcome(
        &self,
        offered: f64,
        beside: std::time::Duration,
        cpu_seconds: Option<f64>,
    ) -> Outcome {
        let seconds = |until: Option<Instant>| match (self.first, until) {
            (Some(first), Some(until)) => {
                let span = until.saturating_since(first).saturating_sub(beside);
                span.as_secs_f64().max(0.001)
            }
            (Some(_) | None, _) => 0.001,
        };
        let good = f64::from(self.good);
        let (begun_last, by_then) = self.begun_last.unzip();
        let per_thousand = |cpu: f64| cpu * 1000.0 / good.max(1.0);
        Outcome {
            offered,
            begun: self.begun,
            good: self.good,
            failed: self.failed,
            silent: self.silent,
            repeats: self.repeats,
            refusals: self.refusals.clone(),
            rate: good / seconds(self.last),
            steady: f64::from(by_then.unwrap_or(0)) / seconds(begun_last),
            micros: self.times.quantiles(),
            cpu_seconds,
            cpu_per_thousand: cpu_seconds.map(per_thousand),
        }
    }
}

impl Outcome {
    /// Whether the exchange bore this rate: fewer than one in a thousand failed, at least 97 %
    /// of the offered rate was reached, and at most 2 % had to be said again.
    pub(crate) fn is_borne(&self) -> bool {
        let begun = f64::from(self.begun);
        f64::from(self.failed) <= begun * 0.001
            && self.rate >= self.offered * 0.97
            && f64::from(self.repeats) <= begun * 0.02
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn outcome(failed: u32, seconds: u64, repeats: u32) -> Outcome {
        let mut tally = Tally::new();
        for _ in 0..1_000 {
            tally.begins(Instant::ZERO);
        }
        for _ in failed..1_000 {
            tally.succeeds(Instant::from_secs(seconds));
        }
        for _ in 0..failed {
            tally.hears_nothing();
        }
        tally.repeats = repeats;
        assert!(tally.is_settled());
        tally.outcome(100.0, Duration::from_secs(2), Some(0.5))
    }

    #[test]
    fn a_rate_is_borne_when_almost_nothing_fails_lags_or_repeats() {
        assert!(outcome(1, 12, 20).is_borne());
        assert!(!outcome(2, 12, 0).is_borne(), "two of a thousand fail");
        assert!(!outcome(0, 13, 0).is_borne(), "a tenth too slow");
        assert!(!outcome(0, 12, 21).is_borne(), "too much is said again");
    }

    #[test]
    fn what_ends_after_the_last_has_begun_is_not_steady() {
        let mut tally = Tally::new();
        for second in 0..=10 {
            tally.begins(Instant::from_secs(second));
            tally.begins(Instant::from_secs(second));
            tally.succeeds(Instant::from_secs(second));
        }
        for second in 20..30 {
            tally.succeeds(Instant::from_secs(second));
        }
        let outcome = tally.outcome(2.0, Duration::ZERO, None);
        assert!((outcome.steady - 1.0).abs() < 0.01, "{}", outcome.steady);
        assert!(outcome.rate < 0.8, "{}", outcome.rate);
    }

    #[test]
    fn the_time_a_call_is_held_does_not_count() {
        let outcome = outcome(0, 12, 0);
        assert!((outcome.rate - 100.0).abs() < 0.1);
        assert_eq!(outcome.cpu_per_thousand, Some(0.5));
    }
}
