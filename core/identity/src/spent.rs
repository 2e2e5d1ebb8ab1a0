//! What was used once and must not be used again while it would still be good, in one process.

use std::collections::{BTreeMap, HashSet};

use machine::WallTime;

/// Most used things that are remembered. Only what passed every other check is, so only people who
/// really sign in fill it: two hundred a second for five minutes.
pub const SPENT_MAX: usize = 65_536;

/// Why a thing is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It was used before.
    Used,
    /// There are too many to remember; to be tried again later.
    Full,
}

/// Used things, each until its own time is over.
#[derive(Debug, Default)]
pub struct Spent {
    ends: BTreeMap<WallTime, Vec<[u8; 32]>>,
    used: HashSet<[u8; 32]>,
}

impl Spent {
    /// Nothing used yet.
    pub fn new() -> Spent {
        Spent::default()
    }

    /// Takes a thing, which is good until `end`, for its only use.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn take(&mut self, now: WallTime, thing: [u8; 32], end: WallTime) -> Result<(), NotTaken> {
        self.forget(now);
        if self.used.contains(&thing) {
            return Err(NotTaken::Used);
        }
        if self.used.len() >= SPENT_MAX {
            return Err(NotTaken::Full);
        }
        self.used.insert(thing);
        self.ends.entry(end).or_default().push(thing);
        Ok(())
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.used.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    fn forget(&mut self, now: WallTime) {
        while let Some(first) = self.ends.first_entry() {
            if *first.key() > now {
                return;
            }
            for thing in first.remove() {
                self.used.remove(&thing);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: WallTime = WallTime::from_unix_ms(1_000);
    const LATER: WallTime = WallTime::from_unix_ms(2_000);

    fn nth(n: usize) -> [u8; 32] {
        let mut thing = [0; 32];
        thing[..8].copy_from_slice(&n.to_be_bytes());
        thing
    }

    #[test]
    fn a_thing_is_used_once_and_forgotten_when_it_would_no_longer_be_good() {
        let mut spent = Spent::new();
        assert_eq!(spent.take(NOW, nth(1), LATER), Ok(()));
        assert_eq!(spent.take(NOW, nth(1), LATER), Err(NotTaken::Used));
        assert_eq!(spent.take(NOW, nth(2), LATER), Ok(()));
        assert_eq!(spent.len(), 2);
        assert_eq!(spent.take(LATER, nth(3), WallTime::MAX), Ok(()));
        assert_eq!(spent.len(), 1, "what is over is forgotten");
    }

    #[test]
    fn a_full_memory_refuses_instead_of_forgetting() {
        let mut spent = Spent::new();
        for n in 0..SPENT_MAX {
            assert_eq!(spent.take(NOW, nth(n), LATER), Ok(()));
        }
        assert_eq!(spent.take(NOW, nth(SPENT_MAX), LATER), Err(NotTaken::Full));
        assert_eq!(spent.take(NOW, nth(0), LATER), Err(NotTaken::Used));
        assert_eq!(spent.take(LATER, nth(SPENT_MAX), WallTime::MAX), Ok(()));
    }
}
