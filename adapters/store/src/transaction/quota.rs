//! Quotas: how many documents of a kind there may be, checked where one is added.

use domain::{Facets, Feature, KindName, Plan, Reseller, Resource, TOKENS_MAX, Tenant, Topic};
use ids::TenantId;
use ports::StoreError;
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
            Some(parent) => within_limits(tables, parent, kind),
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
    let sold = plan.and_then(|plan| plan.maximum.of(kind));
    let Some(limit) = sold.into_iter().chain(kind.most()).min() else {
        return Ok(());
    };
    let have = tables.count(tenant.into(), kind)?;
    refuse_beyond(Topic::Kind(kind), limit, have)
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
    let sold = plan.and_then(|plan| plan.maximum.keys);
    let limit = sold.unwrap_or(TOKENS_MAX).min(TOKENS_MAX);
    refuse_beyond(Topic::Key, limit, have)
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
    let owner = tables.owner_of_plan(&id)?.ok_or_else(gone)?;
    let plan = tables.document(owner, KindName::Plan, &id)?;
    let plan: Resource<Plan> = plan.ok_or_else(gone)?.try_into()?;
    Ok(Some(plan.spec))
}

/// Every account above has a say in how much may lie below it.
fn within_limits(
    tables: &mut impl Tables,
    parent: Account,
    kind: KindName,
) -> Result<(), StoreError> {
    for above in account::upwards(tables, parent)? {
        let Account::Reseller(id) = above else {
            continue;
        };
        let own = tables.document(above.into(), KindName::Reseller, &id.to_string())?;
        let own: Resource<Reseller> = own.ok_or(StoreError::NotFound)?.try_into()?;
        if let Some(limit) = own.spec.limits.of(kind) {
            let have = tables.count_below(above, kind)?;
            refuse_beyond(Topic::Kind(kind), limit, have)?;
        }
    }
    Ok(())
}

fn refuse_beyond(kind: Topic, limit: u32, have: u64) -> Result<(), StoreError> {
    if have >= u64::from(limit) {
        return Err(StoreError::Quota { kind, limit });
    }
    Ok(())
}
