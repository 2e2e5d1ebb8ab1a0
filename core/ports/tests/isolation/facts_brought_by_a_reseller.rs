//! What happened in a company is brought back by the operator alone, for it could be forged.

use ids::TenantId;
use ports::{ArchiveStore, Fact, StoreError};
use tenancy::AccountScope;

async fn bring(
    store: &dyn ArchiveStore,
    scope: &AccountScope,
    tenant: TenantId,
    facts: Vec<Fact>,
) -> Result<(), StoreError> {
    store.bring_facts(scope, tenant, facts).await
}

fn main() {}
