//! What was found is of one kind and cannot pass for another.

use domain::{Device, Extension, Resource};
use ports::{Store, StoreError, read};
use tenancy::{Located, TenantScope};

async fn open(
    store: &dyn Store,
    scope: &TenantScope,
    device: Located<Device>,
) -> Result<Resource<Extension>, StoreError> {
    read(store, scope, device).await
}

fn main() {}
