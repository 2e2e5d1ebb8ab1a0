//! What the running exchange reads and writes on its own behalf.

use async_trait::async_trait;
use domain::{Cdr, Directory, LateReport, TenantParts};
use ids::{PlanId, TenantId, TokenId};
use machine::WallTime;
use tenancy::TenantScope;

use crate::error::StoreError;
use crate::page::FeedPage;

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

    /// Ids of all tenants that have this plan, in order.
    async fn tenants_on(&self, plan: PlanId) -> Result<Vec<TenantId>, StoreError>;

    /// All documents of the scope's tenant, with digests, and its plan; `None` when there is no
    /// such tenant.
    async fn load_tenant(&self, scope: &TenantScope) -> Result<Option<TenantParts>, StoreError>;

    /// The same of many tenants at once, in the order of their ids; those that do not exist are
    /// left out. It costs a few statements, not a few for each; whoever asks takes care to ask for
    /// no more than it wants to hold (some hundred).
    async fn load_tenants(&self, scopes: &[TenantScope]) -> Result<Vec<TenantParts>, StoreError>;

    /// The feed after a cursor: at most `limit` entries (at most 10,000).
    async fn feed(&self, after: u64, limit: usize) -> Result<FeedPage, StoreError>;

    /// A setting of the platform, such as `realm` or `node`.
    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Sets a setting unless it is set; gives the value that holds from now on.
    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError>;

    /// Adds call records, each once: a record whose id is there already is not added again, and
    /// none of a tenant that is gone. Gives the number that were new.
    async fn write_cdrs(&self, cdrs: Vec<Cdr>) -> Result<usize, StoreError>;

    /// Adds what telephones told of legs to their records; what is of a record or a leg that is not
    /// there is left out. Gives the number that were added.
    async fn write_late_reports(&self, reports: Vec<LateReport>) -> Result<usize, StoreError>;

    /// Notes when API keys were last used, unless a later use is known; keys that are gone are
    /// left out.
    async fn write_uses(&self, uses: Vec<(TokenId, WallTime)>) -> Result<(), StoreError>;
}
