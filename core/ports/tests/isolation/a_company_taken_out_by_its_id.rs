//! A company goes into an archive under its own scope; whoever knows its id takes nothing.

use ids::TenantId;
use ports::{ArchiveError, ArchiveStore, Taker, Thing};

async fn take(
    store: &dyn ArchiveStore,
    tenant: TenantId,
    taker: Box<dyn Taker<Thing>>,
) -> Result<(), ArchiveError> {
    store.take_out(&tenant, taker).await
}

fn main() {}
