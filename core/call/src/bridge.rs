//! Who hears whom.

use crate::LegId;
use routing::Guest;
use serde::{Deserialize, Serialize};

/// What joins the parties of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bridge {
    /// Nobody hears anybody yet.
    Open,
    /// Two legs hear each other.
    Legs(LegId, LegId),
    /// A leg is with a party of the exchange.
    Guest(LegId, Guest),
}

impl Bridge {
    /// The leg at the other end of the bridge.
    #[must_use]
    pub fn opposite(self, leg: LegId) -> Option<LegId> {
        match self {
            Bridge::Legs(a, b) if a == leg => Some(b),
            Bridge::Legs(a, b) if b == leg => Some(a),
            Bridge::Legs(..) | Bridge::Guest(..) | Bridge::Open => None,
        }
    }

    /// The party of the exchange that the leg is with.
    #[must_use]
    pub fn guest_of(self, leg: LegId) -> Option<Guest> {
        match self {
            Bridge::Guest(at, guest) if at == leg => Some(guest),
            Bridge::Legs(..) | Bridge::Guest(..) | Bridge::Open => None,
        }
    }

    /// Whether the leg takes part.
    #[must_use]
    pub fn joins(self, leg: LegId) -> bool {
        match self {
            Bridge::Legs(a, b) => a == leg || b == leg,
            Bridge::Guest(a, _) => a == leg,
            Bridge::Open => false,
        }
    }
}
