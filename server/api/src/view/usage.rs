//! The view of what a tenant uses and may use.

use std::collections::BTreeMap;

use admin::tenants::Usage;
use domain::Feature;
use serde::Serialize;
use tenancy::Caps;
use utoipa::ToSchema;

/// How many of a kind there are and may be.
#[derive(Serialize, ToSchema)]
#[schema(as = Count)]
struct CountView {
    /// How many there are.
    have: u64,
    /// How many the price of the plan includes; null when it says nothing.
    included: Option<u32>,
    /// How many there may be at most; null when they are not limited.
    maximum: Option<u32>,
}

/// What a tenant has and may have at this moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
pub(crate) struct UsageView {
    /// How much it may use at a time: by its plan, and where it differs from that.
    caps: Caps,
    /// How many documents it has, by the word for several of their kind.
    counts: BTreeMap<String, CountView>,
    /// What its plan leaves out.
    without: Vec<Feature>,
    /// Calls at this moment; null while the exchange cannot tell.
    calls: Option<u64>,
    /// Bindings at this moment; null while the exchange cannot tell.
    bindings: Option<u64>,
}

impl UsageView {
    /// What is stored, and what the living exchange counts.
    pub(crate) fn of(usage: Usage, calls: Option<usize>, bindings: Option<usize>) -> UsageView {
        let counts = usage.counts.into_iter().map(|count| {
            let view = CountView {
                have: count.have,
                included: count.included,
                maximum: count.maximum,
            };
            (count.many.to_owned(), view)
        });
        let number = |count: Option<usize>| count.and_then(|count| u64::try_from(count).ok());
        UsageView {
            caps: usage.caps,
            counts: counts.collect(),
            without: usage.without,
            calls: number(calls),
            bindings: number(bindings),
        }
    }
}
