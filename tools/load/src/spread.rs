//! How times are spread, in bounded memory.

use serde::Serialize;
use std::time::Duration;

/// Steps per doubling; a value is told at most 3 % too low.
const STEPS: u64 = 32;
/// Doublings told apart, of microseconds: up to an hour.
const DOUBLINGS: u64 = 32;

/// A histogram with logarithmic steps.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    counts: Vec<u32>,
    total: u32,
    most: u64,
}

/// Quantiles, in microseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Quantiles {
    pub(crate) p50: u64,
    pub(crate) p95: u64,
    pub(crate) p99: u64,
    pub(crate) most: u64,
}

impl Spread {
    pub(crate) fn new() -> Spread {
        let size = usize::try_from(STEPS * DOUBLINGS).unwrap_or(0);
        Spread {
            counts: vec![0; size],
            total: 0,
            most: 0,
        }
    }

    pub(crate) fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(step_of(micros)) {
            *count += 1;
        }
        self.total += 1;
        self.most = self.most.max(micros);
    }

    /// Adds another's.
    pub(crate) fn join(&mut self, other: &Spread) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.most = self.most.max(other.most);
    }

    fn at(&self, permille: u32) -> u64 {
        let wanted = (u64::from(self.total) * u64::from(permille)).div_ceil(1000);
        let mut seen = 0;
        for (step, count) in (0..).zip(&self.counts) {
            seen += u64::from(*count);
            if seen >= wanted.max(1) {
                return value_of(step);
            }
        }
        0
    }

    pub(crate) fn quantiles(&self) -> Quantiles {
        Quantiles {
            p50: self.at(500),
            p95: self.at(950),
            p99: self.at(990),
            most: self.most,
        }
    }
}

fn step_of(micros: u64) -> usize {
    let step = match micros.checked_ilog2() {
        Some(log) if micros >= STEPS => {
            let doubling = u64::from(log) - u64::from(STEPS.ilog2());
            doubling * STEPS + (micros >> doubling)
        }
        Some(_) | None => micros,
    };
    usize::try_from(step.min(STEPS * DOUBLINGS - 1)).unwrap_or(0)
}

/// The least value of a step.
fn value_of(step: u64) -> u64 {
    if step < 2 * STEPS {
        return step;
    }
    let doubling = step / STEPS - 1;
    (step - doubling * STEPS) << doubling
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_begins_where_its_value_says() {
        for micros in (0..10_000).chain([123_456, 9_876_543, 3_600_000_000]) {
            let step = u64::try_from(step_of(micros)).unwrap_or(0);
            let (low, high) = (value_of(step), value_of(step + 1));
            assert!(low <= micros && micros < high, "{micros} in {low}..{high}");
            assert!((micros - low) * 32 <= micros, "{micros} is near {low}");
        }
    }

    #[test]
    fn half_of_all_lie_below_the_median() {
        let mut spread = Spread::new();
        for micros in 1..=1_000 {
            spread.add(Duration::from_micros(micros));
        }
        let Quantiles { p50, p99, most, .. } = spread.quantiles();
        assert!(
            (484..=500).contains(&p50) && (960..=990).contains(&p99),
            "{p50} {p99}"
        );
        assert_eq!(most, 1_000);
    }
}
