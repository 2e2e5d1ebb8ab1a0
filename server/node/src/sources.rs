//! Who guesses: wrong credentials are counted by source address and their answers rationed.

use hashbrown::HashMap;
use machine::Instant;
use std::net::{IpAddr, Ipv6Addr};
use tenancy::TokenBucket;

/// Failures of the sources seen lately, in bounded memory.
///
/// Two generations: when the young one is full the old one is forgotten, so that a flood of forged
/// addresses costs no more than the bound and never keeps out a source that proves itself.
#[derive(Debug)]
pub(crate) struct Sources {
    bound: usize,
    burst: u32,
    per_second: u32,
    young: HashMap<Source, TokenBucket>,
    old: HashMap<Source, TokenBucket>,
}

/// An IPv4 address, or an IPv6 /64: a network that is given to one customer, who has all its
/// addresses to guess from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Source(IpAddr);

impl Source {
    pub(crate) fn of(ip: IpAddr) -> Source {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Source(ip.into()),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Source(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
        }
    }
}

impl Sources {
    pub(crate) fn new(bound: usize, per_second: u32, burst: u32) -> Sources {
        Sources {
            bound,
            burst,
            per_second,
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Counts a failure; `false` when this source has had its answers for now.
    pub(crate) fn may_answer_failure(&mut self, ip: IpAddr, now: Instant) -> bool {
        let source = Source::of(ip);
        if !self.young.contains_key(&source) && self.young.len() >= self.bound {
            self.old = std::mem::take(&mut self.young);
        }
        let known = self.old.get(&source).copied();
        let fresh = || TokenBucket::with_burst(self.per_second, self.burst);
        let bucket = self
            .young
            .entry(source)
            .or_insert_with(|| known.unwrap_or_else(fresh));
        bucket.take(now).is_ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_guesser_runs_out_of_answers_and_others_do_not() {
        let mut sources = Sources::new(10, 1, 3);
        let guesser: IpAddr = "192.0.2.1".parse().unwrap();
        let clumsy: IpAddr = "192.0.2.2".parse().unwrap();
        let now = Instant::from_millis(1_000);
        let answered = (0..10)
            .filter(|_| sources.may_answer_failure(guesser, now))
            .count();
        assert_eq!(answered, 3);
        assert!(sources.may_answer_failure(clumsy, now));
        assert!(sources.may_answer_failure(guesser, Instant::from_millis(2_100)));
    }

    #[test]
    fn all_addresses_of_one_ipv6_network_are_one_guesser() {
        let mut sources = Sources::new(10, 1, 3);
        let ask = |sources: &mut Sources, ip: &str| {
            sources.may_answer_failure(ip.parse().unwrap(), Instant::ZERO)
        };
        for host in 1..=3 {
            assert!(ask(&mut sources, &format!("2001:db8:1:2::{host}")));
        }
        assert!(!ask(&mut sources, "2001:db8:1:2:ffff::4"));
        assert!(ask(&mut sources, "2001:db8:1:3::1"));
        assert!(ask(&mut sources, "192.0.2.1"));
        assert!(ask(&mut sources, "::ffff:192.0.2.1"));
        assert_eq!(sources.len(), 3);
    }

    #[test]
    fn forged_sources_cost_no_more_than_twice_the_bound() {
        let mut sources = Sources::new(16, 1, 1);
        for n in 0..1_000_u32 {
            sources.may_answer_failure(IpAddr::V4(n.into()), Instant::ZERO);
        }
        assert!(sources.len() <= 32);
    }
}
