//! A limit of number, and who sets it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who sets a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// The tenant's own document.
    Tenant,
    /// The plan that the tenant has.
    Plan,
    /// A reseller: its own limits, or those of one above it.
    Reseller,
    /// The exchange, for everybody: a default, or a bound that no plan lifts.
    Exchange,
}

impl SetBy {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            SetBy::Tenant => "tenant",
            SetBy::Plan => "plan",
            SetBy::Reseller => "reseller",
            SetBy::Exchange => "exchange",
        }
    }
}

/// How many there may be, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many at most.
    pub most: u32,
    /// Who says so.
    pub set_by: SetBy,
}

impl Limit {
    /// A limit that a plan sets.
    pub fn by_plan(most: u32) -> Limit {
        let set_by = SetBy::Plan;
        Limit { most, set_by }
    }

    /// A limit that a reseller has.
    pub fn by_reseller(most: u32) -> Limit {
        let set_by = SetBy::Reseller;
        Limit { most, set_by }
    }

    /// A limit for everybody.
    pub fn by_exchange(most: u32) -> Limit {
        let set_by = SetBy::Exchange;
        Limit { most, set_by }
    }
}
