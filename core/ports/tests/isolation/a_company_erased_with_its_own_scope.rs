//! A company does not end itself, nor does whoever got hold of its scope.

use domain::AuditEntry;
use ids::TenantId;
use ports::{Change, Erased, ErasureStore, StoreError};
use tenancy::{Below, TenantScope};

async fn erase(
    store: &dyn ErasureStore,
    scope: &TenantScope,
    tenant: Below<TenantId>,
    change: Change,
    note: &AuditEntry,
) -> Result<Erased, StoreError> {
    store.erase_step(scope, tenant, change, note).await
}

fn main() {}
