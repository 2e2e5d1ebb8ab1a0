//! How long things take: a histogram that many threads may add to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets, in microseconds; the last bucket has no bound.
const BOUNDS: [u64; 12] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 250_000, 1_000_000, 5_000_000,
];

/// A histogram of durations.
#[derive(Debug, Default)]
pub struct Latency {
    counts: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Latency {
    /// Adds one.
    pub fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// For each bound in seconds how many were not longer; last all of them.
    pub(crate) fn buckets(&self) -> Vec<(String, u64)> {
        let mut sum = 0;
        let mut cumulative = |count: &AtomicU64| {
            sum += count.load(Ordering::Relaxed);
            sum
        };
        let names = BOUNDS.iter().map(|micros| seconds(*micros));
        let names = names.chain(std::iter::once("+Inf".to_owned()));
        names
            .zip(self.counts.iter())
            .map(|(name, count)| (name, cumulative(count)))
            .collect()
    }

    /// All together, in seconds as text.
    pub(crate) fn sum(&self) -> String {
        seconds(self.micros.load(Ordering::Relaxed))
    }
}

/// Microseconds as seconds, without a trailing zero.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_up_to_each_bound() {
        let latency = Latency::default();
        for micros in [50, 100, 101, 9_000_000] {
            latency.add(Duration::from_micros(micros));
        }
        let buckets = latency.buckets();
        assert_eq!(buckets.first(), Some(&("0.0001".to_owned(), 2)));
        assert_eq!(buckets.get(1), Some(&("0.00025".to_owned(), 3)));
        assert_eq!(buckets.last(), Some(&("+Inf".to_owned(), 4)));
        assert_eq!(latency.sum(), "9.000251");
    }
}
