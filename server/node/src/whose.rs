//! Whose turn a message takes, and how it is served within that turn.

use domain::SourceAddress;
use ids::TenantId;

/// Whom a message is presumed to concern, before anything is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Whose {
    /// A tenant's: of a call of its, or naming its domain or one of its devices.
    Tenant(TenantId),
    /// Of those who name no tenant: one turn for all of them, taken in turns by source.
    Strangers,
}

/// What a message wants, in the order in which a tenant's own are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Something of a call or a transaction there is: never refused for overload.
    Known,
    /// A call for help: refused last of all.
    Emergency,
    /// A new call, or what goes with one that waits (its ACK, its CANCEL).
    NewCall,
    /// A registration, or anything else outside calls.
    Other,
}

/// Lanes of a tenant's turn.
pub(crate) const LANES: usize = 3;

impl Wants {
    /// The lane of the fair queue.
    pub(crate) const fn lane(self) -> usize {
        match self {
            Wants::Known | Wants::Emergency => 0,
            Wants::NewCall => 1,
            Wants::Other => 2,
        }
    }
}

/// A message's turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub(crate) whose: Whose,
    /// Where it comes from; strangers take turns by it.
    pub(crate) source: SourceAddress,
    pub(crate) wants: Wants,
    /// Work it makes, in the unit of the weights: about 10 µs each.
    pub(crate) cost: u16,
    pub(crate) weight: u16,
}
