//! Failures counted by whom or where they came from, in bounded memory.
//!
//! Two generations of equal size: when the young one is full the old one is forgotten and the
//! young one takes its place. What is looked up moves to the young one, so whoever goes on is
//! remembered, and each step costs the same however many there are.

use std::collections::BTreeMap;
use std::mem;
use std::time::Duration;

use machine::Instant;

/// The first delay after the free failures.
const DELAY_FIRST: Duration = Duration::from_secs(1);

/// How often the delay doubles, at most; beyond it the rule's own bound holds anyway.
const DOUBLINGS_MAX: u32 = 20;

/// How delays grow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// Failures without a delay.
    pub(crate) free: u32,
    /// The longest delay.
    pub(crate) longest: Duration,
    /// After so long without a failure all is forgotten.
    pub(crate) memory: Duration,
}

impl Rule {
    fn delay(&self, failures: u32) -> Duration {
        match failures.checked_sub(self.free) {
            None | Some(0) => Duration::ZERO,
            Some(beyond) => {
                let doublings = (beyond - 1).min(DOUBLINGS_MAX);
                (DELAY_FIRST * 2_u32.pow(doublings)).min(self.longest)
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Count {
    failures: u32,
    last: Instant,
}

/// Counts of one sort of key.
#[derive(Debug)]
pub(crate) struct Tally<K> {
    rule: Rule,
    /// Most entries of each generation.
    bound: usize,
    young: BTreeMap<K, Count>,
    old: BTreeMap<K, Count>,
}

impl<K: Ord + Copy> Tally<K> {
    pub(crate) fn new(rule: Rule, bound: usize) -> Tally<K> {
        Tally {
            rule,
            bound,
            young: BTreeMap::new(),
            old: BTreeMap::new(),
        }
    }

    /// How long the key must still wait; zero when it need not.
    pub(crate) fn wait(&self, now: Instant, key: K) -> Duration {
        let Some(count) = self.count(now, key) else {
            return Duration::ZERO;
        };
        let until = count.last + self.rule.delay(count.failures);
        until.saturating_since(now)
    }

    /// Counts one failure.
    pub(crate) fn fail(&mut self, now: Instant, key: K) {
        let failures = self.count(now, key).map_or(0, |count| count.failures);
        self.put(
            key,
            Count {
                failures: failures.saturating_add(1),
                last: now,
            },
        );
    }

    /// Takes one failure back that turned out to be none.
    pub(crate) fn take_back(&mut self, now: Instant, key: K) {
        if let Some(count) = self.count(now, key) {
            let failures = count.failures.saturating_sub(1);
            self.put(key, Count { failures, ..count });
        }
    }

    /// Forgets a key.
    pub(crate) fn forget(&mut self, key: K) {
        self.young.remove(&key);
        self.old.remove(&key);
    }

    /// How many keys are remembered.
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    fn count(&self, now: Instant, key: K) -> Option<Count> {
        let count = self.young.get(&key).or_else(|| self.old.get(&key))?;
        (now.saturating_since(count.last) < self.rule.memory).then_some(*count)
    }

    fn put(&mut self, key: K, count: Count) {
        if self.young.len() >= self.bound && !self.young.contains_key(&key) {
            self.old = mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        free: 2,
        longest: Duration::from_secs(10),
        memory: Duration::from_secs(100),
    };

    #[test]
    fn delays_double_up_to_their_bound_and_are_forgotten_in_time() {
        let mut tally = Tally::new(RULE, 8);
        let mut seconds = Vec::new();
        for _ in 0..8 {
            tally.fail(Instant::ZERO, 'a');
            seconds.push(tally.wait(Instant::ZERO, 'a').as_secs());
        }
        assert_eq!(seconds, [0, 0, 1, 2, 4, 8, 10, 10]);
        assert_eq!(tally.wait(Instant::from_secs(4), 'a').as_secs(), 6);
        tally.fail(Instant::from_secs(100), 'a');
        assert_eq!(tally.wait(Instant::from_secs(100), 'a'), Duration::ZERO);
    }

    #[test]
    fn memory_is_bounded_and_whoever_goes_on_is_remembered() {
        let mut tally = Tally::new(RULE, 10);
        for n in 0..1_000_u32 {
            tally.fail(Instant::ZERO, n);
            if n % 5 == 0 {
                tally.fail(Instant::ZERO, u32::MAX);
            }
            assert!(tally.len() <= 20);
        }
        assert_eq!(tally.wait(Instant::ZERO, u32::MAX), RULE.longest);
    }
}
