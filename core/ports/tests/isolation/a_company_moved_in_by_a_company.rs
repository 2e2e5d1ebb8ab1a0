//! A company comes in below an account; no company's own scope brings one.

use ports::{Arrival, ArchiveStore, Committed, StoreError};
use tenancy::TenantScope;

async fn bring(
    store: &dyn ArchiveStore,
    scope: &TenantScope,
    arrival: Arrival,
) -> Result<Committed, StoreError> {
    store.move_in(scope, arrival).await
}

fn main() {}
