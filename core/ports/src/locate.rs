//! Look-ups: the only place where outside references become found things.

use domain::{Kind, Resource};
use tenancy::{Located, Locator, TenantScope, Unresolved};

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
    let document = found.filter(|document| document.tenant == scope.tenant());
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
