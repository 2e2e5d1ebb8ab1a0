//! The platform's own data: for operators, and for the running exchange.

use async_trait::async_trait;
use domain::{AuditEntry, Cdr, Directory, Document, TenantParts, TokenRecord};
use ids::{TenantId, TokenId};
use machine::WallTime;
use tenancy::{PlatformScope, TenantScope};

use crate::change::{Change, Committed};
use crate::error::StoreError;
use crate::page::{AuditListing, FeedPage, Listing, Page};

/// What an operator does above all tenants.
#[async_trait]
pub trait PlatformStore: Send + Sync {
    /// Carries out a change of tenants' own documents as one transaction. Creating a tenant
    /// makes its data key; deleting one is refused while it has other documents.
    async fn commit_tenants(
        &self,
        scope: &PlatformScope,
        change: Change,
    ) -> Result<Committed, StoreError>;

    /// One page of tenants.
    async fn tenants(&self, scope: &PlatformScope, page: &Page) -> Result<Listing, StoreError>;

    /// The tenant with this id or with this as one of its domains.
    async fn find_tenant(
        &self,
        scope: &PlatformScope,
        key: &str,
    ) -> Result<Option<Document>, StoreError>;

    /// Adds an API key. A tenant's key needs its tenant; a second key with the same hash is a
    /// conflict.
    async fn put_token(
        &self,
        scope: &PlatformScope,
        token: &TokenRecord,
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;

    /// All API keys, revoked ones too, in the order of their ids: of one tenant, or all.
    async fn tokens(
        &self,
        scope: &PlatformScope,
        tenant: Option<TenantId>,
    ) -> Result<Vec<TokenRecord>, StoreError>;

    /// Revokes an API key. Revoking a revoked key changes nothing.
    async fn revoke_token(
        &self,
        scope: &PlatformScope,
        token: TokenId,
        at: WallTime,
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;

    /// Adds an entry to the audit trail that it names. An entry whose id is there already is
    /// not added again.
    async fn note(&self, scope: &PlatformScope, audit: &AuditEntry) -> Result<(), StoreError>;

    /// One page of the platform's own audit trail, newest first.
    async fn platform_audit(
        &self,
        scope: &PlatformScope,
        page: &Page,
    ) -> Result<AuditListing, StoreError>;
}

/// A cheap look at whether the feed has grown, for a live exchange between two batches.
pub trait FeedWatch: Send + Sync {
    /// Cursor of the feed's latest entry as far as this process knows; one atomic read.
    fn changed(&self) -> u64;
}

/// What the running exchange reads and writes on its own behalf.
#[async_trait]
pub trait ExchangeStore: FeedWatch {
    /// Names of all tenants and devices, and the feed's cursor before they were read.
    async fn directory(&self) -> Result<(Directory, u64), StoreError>;

    /// Ids of all tenants, in order.
    async fn tenant_ids(&self) -> Result<Vec<TenantId>, StoreError>;

    /// All documents of the scope's tenant, with digests; `None` when there is no such tenant.
    async fn load_tenant(&self, scope: &TenantScope) -> Result<Option<TenantParts>, StoreError>;

    /// The feed after a cursor: at most `limit` entries (at most 10,000).
    async fn feed(&self, after: u64, limit: usize) -> Result<FeedPage, StoreError>;

    /// A setting of the platform, such as `realm` or `node`.
    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Sets a setting unless it is set; gives the value that holds from now on.
    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError>;

    /// Adds call records, each once: a record whose id is there already is not added again.
    /// Gives the number that were new.
    async fn write_cdrs(&self, cdrs: Vec<Cdr>) -> Result<usize, StoreError>;
}
