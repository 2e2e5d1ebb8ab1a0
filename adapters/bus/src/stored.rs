//! Which call records have reached the store, as the writer of the store tells the journal.

use ids::CdrId;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most ids remembered between two merges. Records whose ids found no room stay in the journal
/// until the next start, when the store finds that it has them.
pub const STORED_MAX: usize = 1_000_000;

/// Tells the journal which call records it need not keep. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Stored(Arc<Mutex<HashSet<CdrId>>>);

impl Stored {
    fn ids(&self) -> MutexGuard<'_, HashSet<CdrId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These call records are safely in the store: the journal forgets them in time. May be told
    /// in any order, and again.
    pub fn tell(&self, ids: impl IntoIterator<Item = CdrId>) {
        let mut known = self.ids();
        for id in ids {
            if known.len() < STORED_MAX {
                known.insert(id);
            }
        }
    }

    pub(crate) fn snapshot(&self) -> HashSet<CdrId> {
        self.ids().clone()
    }

    /// The journal holds nothing of these any more.
    pub(crate) fn forget(&self, ids: &[CdrId]) {
        let mut known = self.ids();
        for id in ids {
            known.remove(id);
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ids().len()
    }
}
