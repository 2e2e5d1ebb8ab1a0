//! Pages at hand: those of faxes whose calls are being made, until their machines take them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fax::Pages;
use ids::FaxId;

/// The pages of each fax. As many are there as calls may be on their way at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Trays(Arc<Mutex<BTreeMap<FaxId, Pages>>>);

impl Trays {
    /// Lays pages ready.
    pub(super) fn put(&self, id: FaxId, pages: Pages) {
        self.all().insert(id, pages);
    }

    /// Takes the pages of a fax away.
    pub(super) fn take(&self, id: FaxId) -> Option<Pages> {
        self.all().remove(&id)
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<FaxId, Pages>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
