//! A reseller sells a company's service; its own scope does not carry the company away.

use ports::{ArchiveError, ArchiveStore, Taker, Thing};
use tenancy::AccountScope;

async fn take(
    store: &dyn ArchiveStore,
    scope: &AccountScope,
    taker: Box<dyn Taker<Thing>>,
) -> Result<(), ArchiveError> {
    store.take_out(scope, taker).await
}

fn main() {}
