//! The name of a tenant is no authority over it.

use domain::{Document, KindName};
use ids::TenantId;
use ports::{Store, StoreError};

async fn read(store: &dyn Store, tenant: TenantId) -> Result<Option<Document>, StoreError> {
    store.get(&tenant, KindName::Device, "anna").await
}

fn main() {}
