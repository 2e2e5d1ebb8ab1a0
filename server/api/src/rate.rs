//! How often somebody may ask: a rate with a burst of one second's worth, and what is left of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use ports::Metered;
use tenancy::Weight;

/// Most askers that are told apart; beyond, those idle longest are forgotten.
pub(crate) const ASKERS_MAX: usize = 20_000;

/// A time in whole seconds, rounded up, as `Retry-After` and `RateLimit-Reset` want it.
pub(crate) fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Where an asker stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Requests per second, which is also the burst.
    pub(crate) limit: u32,
    /// Requests that may follow at once.
    pub(crate) remaining: u32,
    /// Time until the whole burst is there again.
    pub(crate) reset: Duration,
    /// `Some`: the request is refused, and one after this time would not be.
    pub(crate) refused: Option<Duration>,
}

/// One asker's rate (the generic cell rate algorithm: the instant at which an even stream of the
/// requests let through so far would be due).
#[derive(Clone, Copy, Debug)]
struct Meter {
    rate: u32,
    weight: Weight,
    due: Instant,
    refused: u64,
}

impl Meter {
    fn take(&mut self, now: Instant) -> Standing {
        let second = Duration::from_secs(1);
        let Some(interval) = second.checked_div(self.rate) else {
            let refused = Some(second);
            return Standing {
                limit: 0,
                remaining: 0,
                reset: second,
                refused,
            };
        };
        let interval = interval.max(Duration::from_nanos(1));
        let backlog = self.due.saturating_duration_since(now);
        let after = backlog + interval;
        let full = interval.saturating_mul(self.rate);
        if after > full {
            let refused = Some(after - full);
            return Standing {
                limit: self.rate,
                remaining: 0,
                reset: backlog,
                refused,
            };
        }
        self.due = now + after;
        let left = (full - after).as_nanos() / interval.as_nanos();
        let remaining = u32::try_from(left).unwrap_or(u32::MAX);
        Standing {
            limit: self.rate,
            remaining,
            reset: after,
            refused: None,
        }
    }
}

/// Rates of many askers, at most [`ASKERS_MAX`].
#[derive(Debug)]
pub(crate) struct Meters<K>(HashMap<K, Meter>);

impl<K: Copy + Eq + Hash> Meters<K> {
    pub(crate) fn new() -> Meters<K> {
        Meters(HashMap::new())
    }

    /// Takes one request of an asker; one that is not known yet gets `rate`.
    pub(crate) fn take(&mut self, asker: K, rate: u32, now: Instant) -> Standing {
        let meter = self.meter(asker, rate, now);
        let standing = meter.take(now);
        meter.refused += u64::from(standing.refused.is_some());
        standing
    }

    /// How much of one second's worth an asker has spent, and how often it was refused.
    pub(crate) fn metered(&self, asker: K, now: Instant) -> Metered {
        self.0.get(&asker).map_or(Metered::default(), |meter| {
            let backlog = meter.due.saturating_duration_since(now).as_nanos();
            let spent = backlog.saturating_mul(meter.rate.into());
            let spent = spent.div_ceil(Duration::from_secs(1).as_nanos());
            Metered::new(u64::try_from(spent).unwrap_or(u64::MAX), meter.refused)
        })
    }

    /// Whether an asker could not take one now. Costs nothing.
    pub(crate) fn is_spent(&self, asker: K, now: Instant) -> Option<Duration> {
        self.0
            .get(&asker)
            .copied()
            .and_then(|mut meter| meter.take(now).refused)
    }

    /// States an asker's rate and weight, which hold from its next request on.
    pub(crate) fn set_share(&mut self, asker: K, (rate, weight): (u32, Weight), now: Instant) {
        let meter = self.meter(asker, rate, now);
        meter.rate = rate;
        meter.weight = weight;
    }

    /// Counts a request that was refused for another reason than its rate.
    pub(crate) fn refuse(&mut self, asker: K) {
        if let Some(meter) = self.0.get_mut(&asker) {
            meter.refused += 1;
        }
    }

    /// Who was refused, and how often.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (K, u64)> {
        let all = self.0.iter().map(|(asker, meter)| (*asker, meter.refused));
        all.filter(|(_, refused)| *refused > 0)
    }

    /// An asker's weight, if it is known.
    pub(crate) fn weight(&self, asker: K) -> Option<Weight> {
        self.0.get(&asker).map(|meter| meter.weight)
    }

    /// The meter of an asker; a new one has this rate.
    fn meter(&mut self, asker: K, rate: u32, now: Instant) -> &mut Meter {
        if self.0.len() >= ASKERS_MAX && !self.0.contains_key(&asker) {
            self.make_room(now);
        }
        self.0.entry(asker).or_insert(Meter {
            rate,
            weight: Weight::default(),
            due: now,
            refused: 0,
        })
    }

    /// Forgets whoever is idle; when all are busy, everybody, which lets a burst through rather
    /// than refusing the honest.
    fn make_room(&mut self, now: Instant) {
        self.0.retain(|_, meter| meter.due > now);
        if self.0.len() >= ASKERS_MAX {
            self.0.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_burst_of_one_seconds_worth_passes_and_the_rest_waits() {
        let (mut meters, now) = (Meters::new(), Instant::now());
        let standings: Vec<Standing> = (0..11).map(|_| meters.take(1, 10, now)).collect();
        assert_eq!(standings[0].remaining, 9);
        assert_eq!(
            standings[9],
            Standing {
                limit: 10,
                remaining: 0,
                reset: Duration::from_secs(1),
                refused: None,
            }
        );
        assert_eq!(standings[10].refused, Some(Duration::from_millis(100)));
        assert_eq!(meters.metered(1, now), Metered::new(10, 1));
        assert_eq!(meters.metered(2, now), Metered::default());
        let later = now + Duration::from_millis(100);
        assert_eq!(meters.metered(1, later), Metered::new(9, 1));
        assert_eq!(meters.take(1, 10, later).refused, None);
        assert!(meters.take(1, 10, later).refused.is_some());
    }

    #[test]
    fn askers_do_not_share_a_rate_and_a_rate_may_change() {
        let (mut meters, now) = (Meters::new(), Instant::now());
        assert_eq!(meters.take(1, 1, now).refused, None);
        assert!(meters.take(1, 1, now).refused.is_some());
        assert_eq!(meters.take(2, 1, now).refused, None);
        meters.set_share(2, (1_000_000_000, Weight::ONE), now);
        assert_eq!(meters.weight(2), Some(Weight::ONE));
        let later = now + Duration::from_secs(1);
        assert_eq!(meters.take(2, 1, later).limit, 1_000_000_000);
        assert!((0..1_000).all(|_| meters.take(2, 1, later).refused.is_none()));
    }

    #[test]
    fn rate_zero_lets_nothing_through_and_the_greatest_rate_everything() {
        let (mut meters, now) = (Meters::new(), Instant::now());
        assert!(meters.take(1, 0, now).refused.is_some());
        assert!((0..10_000).all(|_| meters.take(2, u32::MAX, now).refused.is_none()));
    }

    #[test]
    fn askers_beyond_the_bound_push_out_the_idle() {
        let (mut meters, now) = (Meters::new(), Instant::now());
        for asker in 0..ASKERS_MAX {
            meters.take(asker, 1, now);
        }
        let later = now + Duration::from_millis(500);
        meters.take(ASKERS_MAX, 1, later);
        assert!(meters.0.len() <= ASKERS_MAX);
    }
}
