//! The memory store keeps nothing sealed, so there are no keys to replace.

use async_trait::async_trait;
use ports::{KeyStatus, KeyStore, Resealed, StoreError};
use tenancy::{Owner, PlatformScope, TenantScope};

use super::MemoryStore;

#[async_trait]
impl KeyStore for MemoryStore {
    async fn key_status(&self, _: &PlatformScope) -> Result<KeyStatus, StoreError> {
        self.state().map(|_| KeyStatus::default())
    }

    async fn reseal(&self, _: &PlatformScope, _: Option<Owner>) -> Result<Resealed, StoreError> {
        self.state().map(|_| Resealed::default())
    }

    async fn renew_key(&self, scope: &TenantScope) -> Result<u64, StoreError> {
        let known = self.state()?.has_tenant(scope.tenant());
        known.then_some(0).ok_or(StoreError::NotFound)
    }
}
