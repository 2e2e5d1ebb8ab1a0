//! Nothing leads from a tenant's scope up to the account that sells to it.

use ports::{AccountStore, AuditListing, Page, StoreError};
use tenancy::TenantScope;

async fn read(
    store: &dyn AccountStore,
    scope: &TenantScope,
    page: &Page,
) -> Result<AuditListing, StoreError> {
    store.account_audit(scope, page).await
}

fn main() {}
