//! What a company signs with and signs in with is opened under its own scope alone.

use domain::{KindName, Secret};
use ports::{SecretStore, StoreError};
use tenancy::AccountScope;

async fn open(
    store: &dyn SecretStore,
    scope: &AccountScope,
) -> Result<Option<Secret>, StoreError> {
    store.secret(scope, KindName::Sso, "door").await
}

fn main() {}
