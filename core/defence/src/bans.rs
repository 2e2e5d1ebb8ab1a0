//! The bans of now, and those that ended not long ago.

use domain::{BAN_REMEMBERED, SourceAddress};
use hashbrown::HashMap;
use machine::Instant;
use std::collections::BTreeSet;

/// A source's standing.
#[derive(Clone, Copy, Debug)]
struct Standing {
    until: Instant,
    strikes: u32,
}

/// Who is banned until when, in bounded memory: when it is full, what ends soonest makes room.
#[derive(Debug)]
pub(crate) struct Bans {
    bound: usize,
    by_source: HashMap<SourceAddress, Standing>,
    by_end: BTreeSet<(Instant, SourceAddress)>,
}

impl Bans {
    pub(crate) fn new(bound: usize) -> Bans {
        Bans {
            bound,
            by_source: HashMap::new(),
            by_end: BTreeSet::new(),
        }
    }

    /// Whether a source is banned.
    pub(crate) fn holds(&self, source: SourceAddress, now: Instant) -> bool {
        let standing = self.by_source.get(&source);
        standing.is_some_and(|standing| now < standing.until)
    }

    /// How many bans in a row a source has had, the present one included.
    pub(crate) fn strikes(&self, source: SourceAddress, now: Instant) -> u32 {
        let standing = self.by_source.get(&source);
        let known = standing.filter(|standing| now < standing.until + BAN_REMEMBERED);
        known.map_or(0, |standing| standing.strikes)
    }

    /// Bans a source, unless it is banned for longer already; tells whether that is so now.
    pub(crate) fn put(&mut self, source: SourceAddress, until: Instant, strikes: u32) -> bool {
        if let Some(known) = self.by_source.get(&source) {
            if known.until >= until {
                return false;
            }
            self.by_end.remove(&(known.until, source));
        } else if self.by_source.len() >= self.bound
            && let Some((_, soonest)) = self.by_end.pop_first()
        {
            self.by_source.remove(&soonest);
        }
        self.by_end.insert((until, source));
        self.by_source.insert(source, Standing { until, strikes });
        true
    }

    /// Lifts a source's ban and forgets those before it; tells whether there was one.
    pub(crate) fn lift(&mut self, source: SourceAddress) -> bool {
        let Some(known) = self.by_source.remove(&source) else {
            return false;
        };
        self.by_end.remove(&(known.until, source));
        true
    }

    /// How many sources are banned or remembered for it.
    pub(crate) fn len(&self) -> usize {
        self.by_source.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_source.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn source(n: u32) -> SourceAddress {
        SourceAddress::of(IpAddr::V4(n.into()))
    }

    #[test]
    fn a_ban_ends_and_is_remembered() {
        let mut bans = Bans::new(4);
        let end = Instant::from_secs(100);
        assert!(bans.put(source(1), end, 2));
        assert!(bans.holds(source(1), Instant::from_secs(99)));
        assert!(!bans.holds(source(1), end));
        assert_eq!(bans.strikes(source(1), end), 2);
        assert_eq!(bans.strikes(source(1), end + BAN_REMEMBERED), 0);
    }

    #[test]
    fn a_shorter_ban_never_takes_the_place_of_a_longer_one() {
        let mut bans = Bans::new(4);
        bans.put(source(1), Instant::from_secs(100), 1);
        assert!(!bans.put(source(1), Instant::from_secs(50), 2));
        assert!(bans.holds(source(1), Instant::from_secs(99)));
        assert!(bans.put(source(1), Instant::from_secs(200), 2));
        assert_eq!(bans.len(), 1);
    }

    #[test]
    fn bans_of_forged_sources_stay_within_the_bound() {
        let mut bans = Bans::new(16);
        bans.put(source(0), Instant::from_secs(1_000_000), 1);
        for n in 1..1_000 {
            bans.put(source(n), Instant::from_secs(u64::from(n)), 1);
        }
        assert_eq!((bans.len(), bans.by_end.len()), (16, 16));
        assert!(bans.holds(source(0), Instant::from_secs(999)));
    }

    #[test]
    fn a_lifted_ban_leaves_nothing() {
        let mut bans = Bans::new(4);
        bans.put(source(1), Instant::from_secs(100), 3);
        assert!(bans.lift(source(1)) && !bans.lift(source(1)));
        assert_eq!(bans.strikes(source(1), Instant::ZERO), 0);
        assert!(bans.is_empty() && bans.by_end.is_empty());
    }
}
