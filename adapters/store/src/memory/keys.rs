//! The memory store keeps nothing sealed, so there are no keys to replace.

use async_trait::async_trait;
use ports::{KeyStore, StoreError};
use tenancy::{PlatformScope, TenantScope};

use super::MemoryStore;

#[async_trait]
impl KeyStore for MemoryStore {
    async fn reseal(&self, _: &PlatformScope) -> Result<u64, StoreError> {
        self.state().map(|_| 0)
    }

    async fn renew_key(&self, scope: &TenantScope) -> Result<u64, StoreError> {
        let known = self.state()?.has_tenant(scope.tenant());
        known.then_some(0).ok_or(StoreError::NotFound)
    }
}
