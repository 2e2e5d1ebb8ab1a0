//! The tree of accounts: what lies below whom, and who may sell what.

use domain::{Document, Facets, Invalid, KindName, Plan, Reseller, Resource, facets};
use ports::{ACCOUNT_DEPTH_MAX, StoreError};
use tenancy::{Account, Owner};

use super::Tables;

/// The reseller's document; `None` for the platform, which has none.
fn reseller(
    tables: &mut impl Tables,
    account: Account,
) -> Result<Option<Resource<Reseller>>, StoreError> {
    let Account::Reseller(id) = account else {
        return Ok(None);
    };
    let found = tables.document(account.into(), KindName::Reseller, &id.to_string())?;
    let found = found.ok_or_else(|| StoreError::Corrupt {
        detail: format!("the reseller {id} has no document"),
    })?;
    Ok(Some(found.try_into()?))
}

/// An account and all that lie above it, up to the platform.
pub(super) fn upwards(
    tables: &mut impl Tables,
    account: Account,
) -> Result<Vec<Account>, StoreError> {
    let (mut chain, mut at) = (vec![account], account);
    while let Some(found) = reseller(tables, at)? {
        at = Account::of(found.spec.parent);
        chain.push(at);
        if chain.len() > ACCOUNT_DEPTH_MAX {
            let rule = format!("must not lie more than {ACCOUNT_DEPTH_MAX} accounts deep");
            return Err(Invalid::new("/parent", rule).into());
        }
    }
    Ok(chain)
}

/// Whether a reseller or a tenant lies below an account, at any depth.
pub(super) fn lies_below(
    tables: &mut impl Tables,
    document: &Document,
    account: Account,
) -> Result<bool, StoreError> {
    let Some(parent) = facets(document)?.parent else {
        return Ok(false);
    };
    Ok(upwards(tables, parent)?.contains(&account))
}

/// Whether an owner is there, and is the account itself or lies below it.
pub(super) fn commands(
    tables: &mut impl Tables,
    account: Account,
    owner: Owner,
) -> Result<bool, StoreError> {
    let kind = match owner {
        Owner::Account(Account::Platform) => return Ok(account == Account::Platform),
        Owner::Account(Account::Reseller(_)) => KindName::Reseller,
        Owner::Tenant(_) => KindName::Tenant,
    };
    let Some(own) = tables.document(owner, kind, &owner.to_string())? else {
        return Ok(false);
    };
    Ok(owner == Owner::Account(account) || lies_below(tables, &own, account)?)
}

/// Refuses a parent that is neither the account that acts nor below it: to that account there is
/// no such reseller.
pub(super) fn check_parent(
    tables: &mut impl Tables,
    account: Account,
    parent: Account,
    facets: &Facets,
) -> Result<(), StoreError> {
    let named = facets
        .references
        .iter()
        .find(|r| r.kind == KindName::Reseller);
    if let (Account::Reseller(id), Some(reference)) = (parent, named) {
        let found = tables.document(parent.into(), KindName::Reseller, &id.to_string())?;
        if found.is_none() || !upwards(tables, parent)?.contains(&account) {
            return Err(StoreError::Dangling(reference.clone()));
        }
        return Ok(());
    }
    if parent == account {
        return Ok(());
    }
    let rule = "must name the reseller that it lies under";
    Err(Invalid::new("/reseller", rule).into())
}

/// Refuses a reseller that would lie below itself.
pub(super) fn check_no_circle(
    tables: &mut impl Tables,
    now: &Document,
    facets: &Facets,
) -> Result<(), StoreError> {
    let Some(parent) = facets.parent else {
        return Ok(());
    };
    let above = upwards(tables, parent)?;
    if above
        .iter()
        .any(|account| Owner::Account(*account) == now.owner)
    {
        return Err(Invalid::new("/parent", "must not lie below itself").into());
    }
    Ok(())
}

/// A reseller changes its own names and brand; the rest is for the account above it.
pub(super) fn check_own(before: &Document, now: &Document) -> Result<(), StoreError> {
    let before: Resource<Reseller> = before.clone().try_into()?;
    let now: Resource<Reseller> = now.clone().try_into()?;
    let same = [
        ("/name", before.spec.name == now.spec.name),
        ("/parent", before.spec.parent == now.spec.parent),
        ("/plans", before.spec.plans == now.spec.plans),
        ("/limits", before.spec.limits == now.spec.limits),
        ("/ceiling", before.spec.ceiling == now.spec.ceiling),
        ("/enabled", before.spec.enabled == now.spec.enabled),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((field, _)) => Err(Invalid::new(*field, "is changed by the account above").into()),
        None => Ok(()),
    }
}

/// Whether an account may give a plan to somebody below it: its own, or one that it was granted,
/// as long as the plan is not disabled.
pub(super) fn may_sell(
    tables: &mut impl Tables,
    seller: Account,
    plan: &Document,
) -> Result<bool, StoreError> {
    let plan: Resource<Plan> = plan.clone().try_into()?;
    if !plan.spec.enabled {
        return Ok(false);
    }
    if plan.owner == Owner::Account(seller) {
        return Ok(true);
    }
    let seller = reseller(tables, seller)?;
    Ok(seller.is_some_and(|seller| seller.spec.plans.contains(&plan.id)))
}
