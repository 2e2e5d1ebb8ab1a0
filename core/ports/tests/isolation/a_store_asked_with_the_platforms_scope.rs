//! An operator enters a tenant first, which is noted; the platform's scope reads no tenant's data.

use domain::{Document, KindName};
use ports::{Store, StoreError};
use tenancy::PlatformScope;

async fn read(store: &dyn Store, scope: &PlatformScope) -> Result<Option<Document>, StoreError> {
    store.get(scope, KindName::Device, "anna").await
}

fn main() {}
