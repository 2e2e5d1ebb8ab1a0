//! What companies and resellers use of what they may.

use admin::usage;
use domain::{Permission, Topic, Verb};

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::Problem;
use crate::view::usage::{ResellerUsageView, UsageView};

const OF_TENANT: &str = "/api/v1/tenants/{tenant}/usage";
const OF_RESELLER: &str = "/api/v1/resellers/{reseller}/usage";

pub(super) fn operations() -> Vec<Operation> {
    let read = Permission::of(Topic::Usage, Verb::Read);
    vec![
        Operation::get(OF_TENANT, "getTenantUsage", of_tenant)
            .needs(read)
            .tells(
                "Show what a tenant uses",
                "Each of its limits with who set it: how many documents of each kind it has and \
                 may have, how much it uses of its caps at this moment, and how often it was \
                 refused because of them since the exchange started.",
            )
            .gives::<UsageView>("What it has and may have.")
            .tag("Tenants"),
        Operation::get(OF_RESELLER, "getResellerUsage", of_reseller)
            .needs(read)
            .tells(
                "Show what a reseller uses",
                "How many resellers and tenants lie below it, at any depth, and may, and how many \
                 documents of each kind those tenants have together.",
            )
            .gives::<ResellerUsageView>("What it has and may have.")
            .tag("Resellers"),
    ]
}

async fn of_tenant(call: Call) -> Result<Answer, Problem> {
    let entered = call.oversee(&call.reference("tenant")).await?;
    let usage = usage::of_tenant(&call.office, &entered).await?;
    let live = call.front.parts.live.usage(&entered.scope).await.ok();
    let api = call.front.metered(entered.scope.tenant());
    Answer::json(&UsageView::of(usage, live, api))
}

async fn of_reseller(call: Call) -> Result<Answer, Problem> {
    let scope = call.reseller().await?;
    let below = usage::of_account(&call.office, &scope).await?;
    Answer::json(&ResellerUsageView::of(below))
}
