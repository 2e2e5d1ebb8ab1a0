//! The views of what somebody uses and may use.

use std::collections::BTreeMap;

use admin::usage::{CapInForce, Count, Usage};
use domain::{Feature, SetBy};
use ports::{LiveUsage, Metered};
use serde::Serialize;
use utoipa::ToSchema;

/// How many of a kind there are and may be.
#[derive(Serialize, ToSchema)]
#[schema(as = Count)]
struct CountView {
    /// How many there are.
    in_use: u64,
    /// How many the price of the plan includes; null when it says nothing.
    included: Option<u32>,
    /// How many there may be at most; null when they are not limited.
    limit: Option<u32>,
    /// Who sets the limit.
    set_by: Option<SetBy>,
}

/// How much may be used at a time, and is.
#[derive(Serialize, ToSchema)]
#[schema(as = Cap)]
struct CapView {
    /// How much.
    limit: u32,
    /// Who says so.
    set_by: SetBy,
    /// How much is used at this moment; of a rate, how much of one second's worth is spent. Null
    /// for what nobody can meet, and while the exchange cannot tell.
    in_use: Option<u64>,
    /// How often it was met since the exchange started.
    refused: Option<u64>,
}

/// What a tenant has and may have at this moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
pub(crate) struct UsageView {
    /// How much it may use at a time, by the name of the cap.
    caps: BTreeMap<String, CapView>,
    /// How many documents it has, by the word for several of their kind.
    counts: BTreeMap<String, CountView>,
    /// What its plan leaves out.
    without: Vec<Feature>,
}

/// How many resellers and tenants lie below a reseller, and may, and what those tenants have
/// together.
#[derive(Serialize, ToSchema)]
#[schema(as = ResellerUsage)]
pub(crate) struct ResellerUsageView {
    /// At any depth, by the word for several of their kind. Only resellers and tenants have a
    /// limit here: of the others, each tenant's plan says it.
    counts: BTreeMap<String, CountView>,
}

impl UsageView {
    /// What is stored, what the living exchange counts, and what the API counts.
    pub(crate) fn of(usage: Usage, live: Option<LiveUsage>, api: Metered) -> UsageView {
        let cap = |cap: CapInForce| {
            let metered = metered(cap.name, live, api);
            let view = CapView {
                limit: cap.limit,
                set_by: cap.set_by,
                in_use: metered.map(|metered| metered.in_use),
                refused: metered.map(|metered| metered.refused),
            };
            (cap.name.to_owned(), view)
        };
        UsageView {
            caps: usage.caps.into_iter().map(cap).collect(),
            counts: counts(usage.counts),
            without: usage.without,
        }
    }
}

impl ResellerUsageView {
    /// What lies below a reseller.
    pub(crate) fn of(below: Vec<Count>) -> ResellerUsageView {
        ResellerUsageView {
            counts: counts(below),
        }
    }
}

/// What is used of a cap; `None` for one that nobody can meet.
fn metered(cap: &str, live: Option<LiveUsage>, api: Metered) -> Option<Metered> {
    match cap {
        "concurrent_calls" => live.map(|live| live.concurrent_calls),
        "calls_per_second" => live.map(|live| live.calls_per_second),
        "registrations_per_second" => live.map(|live| live.registrations_per_second),
        "bindings" => live.map(|live| live.bindings),
        "api_requests_per_second" => Some(api),
        _ => None,
    }
}

fn counts(counts: Vec<Count>) -> BTreeMap<String, CountView> {
    let view = |count: Count| {
        let view = CountView {
            in_use: count.in_use,
            included: count.included,
            limit: count.limit.map(|limit| limit.most),
            set_by: count.limit.map(|limit| limit.set_by),
        };
        (count.many.to_owned(), view)
    };
    counts.into_iter().map(view).collect()
}
