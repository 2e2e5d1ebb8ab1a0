//! How often one source may begin to agree on keys or to ask for a WebSocket: agreeing costs us
//! more than it costs a peer, so that one alone must not be able to keep the loop at it.

use std::collections::HashMap;
use std::time::Duration;

use machine::Instant;

use crate::connection::Source;

/// Sources remembered; those of the generation before are as many.
const SOURCES: usize = 16_384;

/// What is left of a source's share.
#[derive(Debug, Clone, Copy)]
struct Share {
    left: u32,
    /// Up to when it was filled.
    at: Instant,
}

/// The shares of the sources seen lately. When there are too many the older half is forgotten,
/// which gives those a whole share again.
#[derive(Debug)]
pub(super) struct Pace {
    burst: u32,
    every: Duration,
    young: HashMap<Source, Share>,
    old: HashMap<Source, Share>,
}

impl Pace {
    /// `burst` at once, and one more each `every`.
    pub(super) fn new(burst: u32, every: Duration) -> Pace {
        Pace {
            burst,
            every: every.max(Duration::from_nanos(1)),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Takes one of a source's share; `false` when nothing is left of it.
    pub(super) fn take(&mut self, source: Source, now: Instant) -> bool {
        if !self.young.contains_key(&source) && self.young.len() >= SOURCES {
            self.old = std::mem::take(&mut self.young);
        }
        let whole = Share {
            left: self.burst,
            at: now,
        };
        let known = self.old.get(&source).copied().unwrap_or(whole);
        let share = self.young.entry(source).or_insert(known);
        let passed = now.saturating_since(share.at).as_nanos() / self.every.as_nanos();
        let more = u32::try_from(passed).unwrap_or(u32::MAX);
        if more >= self.burst - share.left {
            *share = whole;
        } else {
            share.left += more;
            share.at += self.every * more;
        }
        let may = share.left > 0;
        share.left = share.left.saturating_sub(1);
        may
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};

    use super::*;

    fn source(n: u32) -> Source {
        Source::of(SocketAddr::new(IpAddr::V4(Ipv4Addr::from_bits(n)), 5_060))
    }

    fn pace() -> Pace {
        Pace::new(3, Duration::from_millis(100))
    }

    #[test]
    fn a_source_has_its_burst_then_its_pace_and_others_are_not_slowed() {
        let mut pace = pace();
        let taken = |pace: &mut Pace, ms| {
            let now = Instant::from_millis(ms);
            (0..10).filter(|_| pace.take(source(1), now)).count()
        };
        assert_eq!(taken(&mut pace, 1_000), 3);
        assert_eq!(taken(&mut pace, 1_099), 0);
        assert_eq!(taken(&mut pace, 1_100), 1);
        // what it asked for in vain costs it nothing
        assert_eq!(taken(&mut pace, 1_300), 2);
        assert!(pace.take(source(2), Instant::from_millis(1_300)));
        assert_eq!(taken(&mut pace, 60_000), 3);
    }

    #[test]
    fn a_flood_of_sources_is_remembered_within_the_bound_and_the_latest_stay_known() {
        let mut pace = pace();
        let now = Instant::from_millis(1);
        while pace.take(source(0), now) {}
        for n in 1..=u32::try_from(SOURCES).unwrap_or(u32::MAX) {
            assert!(pace.take(source(n), now));
        }
        assert!(!pace.take(source(0), now));
        assert!(pace.young.len() <= SOURCES && pace.old.len() <= SOURCES);
    }
}
