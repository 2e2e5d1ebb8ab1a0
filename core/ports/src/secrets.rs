//! Secrets that the exchange itself must read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{KindName, Secret, SigningKeys};
use machine::WallTime;
use tenancy::TenantScope;

use crate::error::StoreError;

/// What is kept sealed of the secrets of a tenant's documents. Of passwords only digests are kept,
/// which come with the compiled tenant; whatever is here is for the exchange and never shown.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The keys that sign for a document; `None` when it is not there or has none.
    async fn signing_keys(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Option<SigningKeys>, StoreError>;

    /// The secret that was given with a document; `None` when it is not there or has none.
    async fn secret(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Secret>, StoreError>;

    /// When the passwords before the present ones are void, of those of these documents that have
    /// one, by id. It may be in the past: then the former is void already.
    async fn former_ends(
        &self,
        scope: &TenantScope,
        kind: KindName,
        ids: &[String],
    ) -> Result<BTreeMap<String, WallTime>, StoreError>;
}
