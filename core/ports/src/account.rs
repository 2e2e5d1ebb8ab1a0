//! What accounts own: resellers, plans and tenants.

use async_trait::async_trait;
use domain::{AuditEntry, Document, KindName, Version};
use tenancy::AccountScope;

use crate::change::{Change, Committed, Part};
use crate::error::StoreError;
use crate::page::{AuditListing, Listing, Page};
use crate::parts_refused::PartsRefused;

/// Most accounts from a tenant up to the platform.
pub const ACCOUNT_DEPTH_MAX: usize = 32;

/// What an operator or a reseller does: over its own documents and over the resellers and
/// tenants below it. Nothing beside or above its account is ever seen through it.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Carries out a change as one transaction. Within reach are the account's own plans, and
    /// the resellers and tenants below it; creating a tenant makes its data key; deleting a
    /// reseller or a tenant is refused while it has other documents or anything below it.
    async fn commit_below(
        &self,
        scope: &AccountScope,
        change: Change,
    ) -> Result<Committed, StoreError>;

    /// Tries a change as [`AccountStore::commit_below`] would carry it out, and undoes it whole:
    /// what would be refused of each operation.
    async fn rehearse_below(
        &self,
        scope: &AccountScope,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError>;

    /// Carries out changes of several owners as one transaction: of the account itself and of
    /// resellers and tenants below it, some of which earlier parts may have made. A refusal says
    /// which operation it was.
    async fn commit_parts(
        &self,
        scope: &AccountScope,
        parts: Vec<Part>,
    ) -> Result<Vec<Committed>, PartsRefused>;

    /// A document within reach, by its id or natural key (a tenant by any of its domains). A
    /// reseller finds itself, too, and the plans that it was granted, by id.
    async fn get_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        key: &str,
    ) -> Result<Option<Document>, StoreError>;

    /// One page of the documents of a kind within reach; among the plans are those that were
    /// granted.
    async fn list_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError>;

    /// How many resellers or tenants lie below the account, at any depth.
    async fn count_below(&self, scope: &AccountScope, kind: KindName) -> Result<u64, StoreError>;

    /// How many documents of a kind all tenants below the account have together. The store looks
    /// each of the tenants up in an index: the time it takes grows with what is counted.
    async fn count_within(&self, scope: &AccountScope, kind: KindName) -> Result<u64, StoreError>;

    /// The latest `HISTORY_MAX` revisions of a document within reach, newest first.
    async fn history_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError>;

    /// One page of the account's own audit trail, newest first.
    async fn account_audit(
        &self,
        scope: &AccountScope,
        page: &Page,
    ) -> Result<AuditListing, StoreError>;

    /// Adds an entry to the audit trail of the account itself or of somebody below it. An entry
    /// whose id is there already is not added again.
    async fn note(&self, scope: &AccountScope, audit: &AuditEntry) -> Result<(), StoreError>;
}
