//! No method on a tenant's data lacks a scope.

use domain::{Document, KindName};
use ports::{Store, StoreError};

async fn read(store: &dyn Store) -> Result<Option<Document>, StoreError> {
    store.get(KindName::Device, "anna").await
}

fn main() {}
