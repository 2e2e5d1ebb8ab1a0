//! Only a company that was found below the account that asks is erased.

use domain::AuditEntry;
use ids::TenantId;
use ports::{Change, Erased, ErasureStore, StoreError};
use tenancy::AccountScope;

async fn erase(
    store: &dyn ErasureStore,
    scope: &AccountScope,
    tenant: TenantId,
    change: Change,
    note: &AuditEntry,
) -> Result<Erased, StoreError> {
    store.erase_step(scope, tenant, change, note).await
}

fn main() {}
