//! Look-ups: the only place where outside references become found things.

use domain::{Kind, Resource};
use tenancy::{AccountScope, Below, Located, Locator, Owner, TenantScope, Unresolved};

use crate::account::AccountStore;
use crate::error::StoreError;
use crate::store::Store;

const SEAL: Locator = Locator::sealed_for_ports();

/// Finds what a reference names within a scope.
///
/// # Errors
/// [`StoreError::NotFound`] when there is nothing of that name in the scope's tenant, whatever
/// other tenants have; else what the store says.
pub async fn locate<K: Kind>(
    store: &(impl Store + ?Sized),
    scope: &TenantScope,
    reference: &Unresolved<K>,
) -> Result<(Located<K>, Resource<K>), StoreError> {
    let found = store.get(scope, K::NAME, reference.text()).await?;
    let document = found.filter(|document| document.owner == Owner::Tenant(scope.tenant()));
    let resource: Resource<K> = document.ok_or(StoreError::NotFound)?.try_into()?;
    Ok((SEAL.located(scope, resource.id), resource))
}

/// Reads again what was located before.
///
/// # Errors
/// [`StoreError::NotFound`] when it is gone or was located in another tenant.
pub async fn read<K: Kind>(
    store: &(impl Store + ?Sized),
    scope: &TenantScope,
    located: Located<K>,
) -> Result<Resource<K>, StoreError> {
    let id = located.within(scope).ok_or(StoreError::NotFound)?;
    let document = store.get(scope, K::NAME, &id.to_string()).await?;
    Ok(document.ok_or(StoreError::NotFound)?.try_into()?)
}

/// Finds what a reference names below an account: a tenant or a reseller to enter, or one of the
/// account's own plans.
///
/// # Errors
/// [`StoreError::NotFound`] when there is nothing of that name below the account, whatever there
/// is beside or above it; else what the store says.
pub async fn locate_below<K: Kind>(
    store: &(impl AccountStore + ?Sized),
    scope: &AccountScope,
    reference: &Unresolved<K>,
) -> Result<(Below<K::Id>, Resource<K>), StoreError> {
    let found = store.get_below(scope, K::NAME, reference.text()).await?;
    let resource: Resource<K> = found.ok_or(StoreError::NotFound)?.try_into()?;
    Ok((SEAL.below(scope, resource.id), resource))
}
