//! By whom a call was sent on.

use routing::Diversion;
use serde::{Deserialize, Serialize};

/// The forwards that a call has followed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Chain {
    /// Those that led to where the call is now, the latest last.
    pub(super) diversions: Vec<Diversion>,
    /// How often it went on elsewhere before it came, and in vain since.
    pub(super) earlier: u8,
}

impl Chain {
    /// That of a call which went on elsewhere so often before it came.
    pub(super) fn after(earlier: u8) -> Chain {
        Chain {
            diversions: Vec::new(),
            earlier,
        }
    }

    /// The call goes on elsewhere from here.
    pub(super) fn push(&mut self, diversion: Diversion) {
        self.diversions.push(diversion);
    }

    /// The call is for somebody else altogether.
    pub(super) fn begin_anew(&mut self) {
        self.diversions.clear();
    }

    /// An extension that sends a call on once more does so in the place of what it did before,
    /// which came to nothing.
    pub(super) fn forget_since(&mut self, diversion: &Diversion) {
        let by = |one: &Diversion| one.by == diversion.by;
        let Some(at) = self.diversions.iter().position(by) else {
            return;
        };
        let vain = u8::try_from(self.diversions.len() - at).unwrap_or(u8::MAX);
        self.diversions.truncate(at);
        self.earlier = self.earlier.saturating_add(vain);
    }
}
