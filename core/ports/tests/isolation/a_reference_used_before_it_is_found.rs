//! What a path names must be looked up within a scope before anything is done with it.

use domain::{Device, Resource};
use ports::{Store, StoreError, read};
use tenancy::{TenantScope, Unresolved};

async fn open(
    store: &dyn Store,
    scope: &TenantScope,
    named: Unresolved<Device>,
) -> Result<Resource<Device>, StoreError> {
    read(store, scope, named).await
}

fn main() {}
