//! Replacing keys while everything goes on.

use async_trait::async_trait;
use tenancy::{PlatformScope, TenantScope};

use crate::error::StoreError;

/// The keys under which secrets are kept. A store that keeps nothing sealed has none to replace.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Seals every data key that is not yet sealed under the newest master key anew under it;
    /// gives their number. After it the older master keys open nothing that is needed.
    async fn reseal(&self, scope: &PlatformScope) -> Result<u64, StoreError>;

    /// Gives a tenant a new data key and seals all its secrets anew under it; gives the number of
    /// secrets.
    async fn renew_key(&self, scope: &TenantScope) -> Result<u64, StoreError>;
}
