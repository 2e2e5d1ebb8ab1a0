//! Nothing leads from a tenant's scope back to the platform's.

use ports::{AuditListing, Page, PlatformStore, StoreError};
use tenancy::TenantScope;

async fn read(
    store: &dyn PlatformStore,
    scope: &TenantScope,
    page: &Page,
) -> Result<AuditListing, StoreError> {
    store.platform_audit(scope, page).await
}

fn main() {}
