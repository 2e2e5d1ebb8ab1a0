//! Changing facts after they happened: for the erasure of a person and for the end of retention.

use async_trait::async_trait;
use domain::{AuditEntry, Cdr, Event, KindName};
use ids::CdrId;
use machine::WallTime;
use tenancy::TenantScope;

use crate::error::StoreError;

/// Most facts that one call replaces or removes.
pub const FACTS_AT_ONCE: usize = 500;

/// A tenant's facts, as they are rewritten or removed. What is not there is left out, and each
/// method gives the number of those that were. More than [`FACTS_AT_ONCE`] are refused with
/// [`StoreError::TooLarge`].
#[async_trait]
pub trait FactStore: Send + Sync {
    /// Puts call records in the place of those with the same ids; their ladders go.
    async fn replace_cdrs(&self, scope: &TenantScope, cdrs: Vec<Cdr>) -> Result<usize, StoreError>;

    /// Removes call records and their ladders.
    async fn remove_cdrs(&self, scope: &TenantScope, ids: Vec<CdrId>) -> Result<usize, StoreError>;

    /// Puts entries of the tenant's audit trail in the place of those with the same ids.
    async fn replace_audit(
        &self,
        scope: &TenantScope,
        entries: Vec<AuditEntry>,
    ) -> Result<usize, StoreError>;

    /// Removes entries of the audit trail that are older than a moment, from its oldest end.
    async fn remove_audit(
        &self,
        scope: &TenantScope,
        before: WallTime,
    ) -> Result<usize, StoreError>;

    /// Adds an entry to the tenant's own audit trail.
    async fn add_audit(&self, scope: &TenantScope, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Puts events in the place of those with the same cursors. Who reads the log is told
    /// nothing.
    async fn replace_events(
        &self,
        scope: &TenantScope,
        events: Vec<Event>,
    ) -> Result<usize, StoreError>;

    /// Removes the history of one document.
    async fn remove_history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<usize, StoreError>;
}
