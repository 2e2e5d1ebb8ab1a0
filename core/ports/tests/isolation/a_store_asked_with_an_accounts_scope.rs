//! An account enters a tenant first, which is noted; its own scope reads no tenant's data.

use domain::{Document, KindName};
use ports::{Store, StoreError};
use tenancy::AccountScope;

async fn read(store: &dyn Store, scope: &AccountScope) -> Result<Option<Document>, StoreError> {
    store.get(scope, KindName::Device, "anna").await
}

fn main() {}
