//! Time and memory of this process.

use std::time::{Duration, Instant};

/// Sums the measured pieces of rounds.
#[derive(Default)]
pub(crate) struct Meter {
    piece: Duration,
    rates: Vec<f64>,
}

impl Meter {
    /// Measures a piece of the round.
    pub(crate) fn piece(&mut self, work: impl FnOnce()) {
        let begin = Instant::now();
        work();
        self.piece += begin.elapsed();
    }

    /// Ends a round in which so many things were done.
    pub(crate) fn round(&mut self, done: usize) {
        let done = u32::try_from(done).unwrap_or(u32::MAX);
        let seconds = std::mem::take(&mut self.piece).as_secs_f64();
        self.rates.push(f64::from(done) / seconds);
    }

    /// Things per second in the best round: what the machine gives when it is left alone.
    pub(crate) fn best(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, f64::max)
    }

    /// The middle round.
    pub(crate) fn median(&self) -> f64 {
        let mut rates = self.rates.clone();
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or(0.0)
    }
}

/// Octets of memory that are this process's alone.
pub(crate) fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.unwrap_or(0) * 1024
}
