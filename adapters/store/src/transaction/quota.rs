//! Quotas: how many documents of a kind there may be, checked where one is added.

use std::collections::BTreeMap;

use domain::{
    Document, Facets, Feature, KindName, Limit, Plan, Quotas, Reseller, Resource, Tenant, Topic,
};
use ids::TenantId;
use ports::{QuotaMet, StoreError};
use tenancy::{Account, Owner};

use super::{Reach, Tables, account};

/// Refuses one more document of a kind where there are as many as may be.
pub(super) fn check(
    tables: &mut impl Tables,
    reach: Reach,
    kind: KindName,
    facets: &Facets,
) -> Result<(), StoreError> {
    match reach {
        Reach::Inside(tenant) => within_plan(tables, tenant, kind),
        Reach::Below(_) => match facets.parent {
            Some(parent) => within_limits(tables, parent, &[], (kind, 1)),
            None => Ok(()),
        },
    }
}

fn within_plan(
    tables: &mut impl Tables,
    tenant: TenantId,
    kind: KindName,
) -> Result<(), StoreError> {
    let plan = plan_of(tables, tenant)?;
    check_sold(plan.as_ref(), Feature::of_kind(kind))?;
    let Some(limit) = maximum(plan.as_ref()).limit_of(kind) else {
        return Ok(());
    };
    let have = tables.count(tenant.into(), kind)?;
    Ok(QuotaMet::check(Topic::Kind(kind), limit, have, 1)?)
}

/// What a tenant with this plan may have at most.
fn maximum(plan: Option<&Plan>) -> Quotas {
    plan.map(|plan| plan.maximum).unwrap_or_default()
}

/// Refuses a tenant that has come in with more of a kind than its plan allows and than it had here
/// before.
pub(super) fn check_arrived(
    tables: &mut impl Tables,
    tenant: TenantId,
    before: &BTreeMap<KindName, u64>,
) -> Result<(), StoreError> {
    let plan = plan_of(tables, tenant)?;
    for kind in KindName::ALL {
        let Some(limit) = maximum(plan.as_ref()).limit_of(kind) else {
            continue;
        };
        let have = tables.count(tenant.into(), kind)?;
        let had = before.get(&kind).copied().unwrap_or_default();
        let more = have.saturating_sub(had);
        QuotaMet::check(Topic::Kind(kind), limit, have - more, more)?;
    }
    Ok(())
}

/// Refuses a tenant that has come in with more API keys that open something than its plan allows.
pub(super) fn check_keys_arrived(
    tables: &mut impl Tables,
    tenant: TenantId,
    came: u64,
) -> Result<(), StoreError> {
    let plan = plan_of(tables, tenant)?;
    let limit = maximum(plan.as_ref()).limit_of_keys();
    Ok(QuotaMet::check(Topic::Key, limit, 0, came)?)
}

/// Refuses to move a reseller or a tenant below accounts that may not have so much more.
pub(super) fn check_move(
    tables: &mut impl Tables,
    before: &Document,
    now: &Facets,
) -> Result<(), StoreError> {
    let (Some(from), Some(to)) = (domain::facets(before)?.parent, now.parent) else {
        return Ok(());
    };
    if from == to {
        return Ok(());
    }
    let above = account::upwards(tables, from)?;
    let Owner::Account(moved) = before.owner else {
        return within_limits(tables, to, &above, (before.kind, 1));
    };
    for kind in [KindName::Reseller, KindName::Tenant] {
        let along = tables.count_below(moved, kind)?;
        let itself = u64::from(kind == before.kind);
        within_limits(tables, to, &above, (kind, along + itself))?;
    }
    Ok(())
}

/// Refuses one more API key of an owner who has this many that open something.
pub(crate) fn check_keys(
    tables: &mut impl Tables,
    owner: Owner,
    have: u64,
) -> Result<(), StoreError> {
    let plan = match owner {
        Owner::Tenant(tenant) => plan_of(tables, tenant)?,
        Owner::Account(_) => None,
    };
    check_sold(plan.as_ref(), Some(Feature::ApiKeys))?;
    let limit = maximum(plan.as_ref()).limit_of_keys();
    Ok(QuotaMet::check(Topic::Key, limit, have, 1)?)
}

/// Refuses what the plan leaves out.
fn check_sold(plan: Option<&Plan>, feature: Option<Feature>) -> Result<(), StoreError> {
    match (plan, feature) {
        (Some(plan), Some(feature)) if !plan.includes(feature) => {
            Err(StoreError::NotInPlan(feature))
        }
        (_, _) => Ok(()),
    }
}

/// The tenant's plan; without one nothing is limited, and everything is there.
fn plan_of(tables: &mut impl Tables, tenant: TenantId) -> Result<Option<Plan>, StoreError> {
    let own = tables.document(tenant.into(), KindName::Tenant, &tenant.to_string())?;
    let own: Resource<Tenant> = own.ok_or(StoreError::NotFound)?.try_into()?;
    let Some(id) = own.spec.plan.map(|id| id.to_string()) else {
        return Ok(None);
    };
    let gone = || StoreError::Corrupt {
        detail: format!("{tenant} has the plan {id}, which is not there"),
    };
    let owner = tables.owner_of(KindName::Plan, &id)?.ok_or_else(gone)?;
    let plan = tables.document(owner, KindName::Plan, &id)?;
    let plan: Resource<Plan> = plan.ok_or_else(gone)?.try_into()?;
    Ok(Some(plan.spec))
}

/// Every account above has a say in how much may lie below it, but for those `but`, below which it
/// lies already.
fn within_limits(
    tables: &mut impl Tables,
    parent: Account,
    but: &[Account],
    (kind, wanted): (KindName, u64),
) -> Result<(), StoreError> {
    for above in account::upwards(tables, parent)? {
        let Account::Reseller(id) = above else {
            continue;
        };
        if but.contains(&above) {
            continue;
        }
        let own = tables.document(above.into(), KindName::Reseller, &id.to_string())?;
        let own: Resource<Reseller> = own.ok_or(StoreError::NotFound)?.try_into()?;
        if let Some(most) = own.spec.limits.of(kind) {
            let have = tables.count_below(above, kind)?;
            QuotaMet::check(Topic::Kind(kind), Limit::by_reseller(most), have, wanted)?;
        }
    }
    Ok(())
}
