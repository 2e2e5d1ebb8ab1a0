//! Which call records have reached the store, as the writer of the store tells the journal.

use ids::CdrId;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most ids remembered between two merges. Beyond, half of them, the oldest, are forgotten; their
/// records stay in the journal until the next start, when the store finds that it has them.
pub const STORED_MAX: usize = 1_000_000;

/// Tells the journal which call records it need not keep. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Stored(Arc<Mutex<Ids>>);

/// Ids in two generations.
#[derive(Debug, Default)]
struct Ids {
    young: HashSet<CdrId>,
    old: HashSet<CdrId>,
}

impl Stored {
    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These call records are safely in the store: the journal forgets them in time. May be told
    /// in any order, and again.
    pub fn tell(&self, ids: impl IntoIterator<Item = CdrId>) {
        let mut known = self.ids();
        for id in ids {
            if known.young.len() >= STORED_MAX / 2 {
                known.old = std::mem::take(&mut known.young);
            }
            known.young.insert(id);
        }
    }

    /// The ids told and not forgotten.
    pub(crate) fn known(&self) -> HashSet<CdrId> {
        let known = self.ids();
        known.young.union(&known.old).copied().collect()
    }

    /// The journal holds nothing of these any more.
    pub(crate) fn forget(&self, ids: &[CdrId]) {
        let mut known = self.ids();
        for id in ids {
            known.young.remove(id);
            known.old.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_ids_are_forgotten_when_there_are_too_many() {
        let stored = Stored::default();
        let id = |n: usize| CdrId::from_u128(u128::try_from(n).unwrap());
        stored.tell((0..STORED_MAX * 2).map(id));
        let known = stored.known();
        assert_eq!(known.len(), STORED_MAX);
        assert!(
            known.contains(&id(STORED_MAX * 2 - 1)),
            "the newest is kept"
        );
        assert!(!known.contains(&id(0)), "the oldest is not");
    }
}
