//! Operations on what is used of trunks.

use admin::documents as found;
use domain::{Permission, Topic, Trunk, Verb};
use tenancy::AccountScope;

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::trunk_usage::{TrunkUsageView, TrunksUsageView};

const OF_TENANT: &str = "/api/v1/tenants/{tenant}/trunk_usage";
const OF_ACCOUNT: &str = "/api/v1/trunks/{trunk}/usage";
const OF_RESELLER: &str = "/api/v1/resellers/{reseller}/trunks/{trunk}/usage";

const DETAILS: &str = "Calls at this moment and seconds talked today, of all companies together and \
                       of each that has used it, with the caps that they stand under; and how \
                       well it does, by its latest calls.";

pub(super) fn operations() -> Vec<Operation> {
    let read = Permission::of(Topic::Usage, Verb::Read);
    let operations = [
        Operation::get(OF_TENANT, "getTrunkUsage", of_tenant)
            .needs(read)
            .tells(
                "Show what a company uses of trunks",
                "Of each trunk that it may use: its calls at this moment, and what it has talked \
                 by it today, with the caps that these stand under; of its own, how well they do \
                 too. Of a trunk that is shared with it, nothing is told of others.",
            )
            .gives::<TrunksUsageView>("What it uses."),
        Operation::get(OF_ACCOUNT, "getAccountTrunkUsage", of_account)
            .needs(read)
            .tells("Show what is used of an own trunk", DETAILS)
            .gives::<TrunkUsageView>("What is used."),
        Operation::get(OF_RESELLER, "getResellerTrunkUsage", of_reseller)
            .needs(read)
            .tells("Show what is used of a reseller's trunk", DETAILS)
            .gives::<TrunkUsageView>("What is used."),
    ];
    let operations = operations.map(|one| one.refuses(&[Kind::Unavailable]).tag("Lines"));
    operations.into()
}

async fn of_tenant(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let live = call.front.parts.live.trunks(&scope).await?;
    Answer::json(&TrunksUsageView::of(live))
}

async fn of_account(call: Call) -> Result<Answer, Problem> {
    let scope = call.account()?;
    of_one(&call, &scope).await
}

async fn of_reseller(call: Call) -> Result<Answer, Problem> {
    let scope = call.reseller().await?;
    of_one(&call, &scope).await
}

async fn of_one(call: &Call, scope: &AccountScope) -> Result<Answer, Problem> {
    let reference = call.reference::<Trunk>("trunk");
    let (_, trunk) = found::find(&call.office, scope, &reference).await?;
    let live = call.front.parts.live.account_trunk(scope, trunk.id).await?;
    let unused = || TrunkUsageView::unused(trunk.id.to_string(), trunk.spec.name.clone());
    Answer::json(&live.map_or_else(unused, TrunkUsageView::of))
}
