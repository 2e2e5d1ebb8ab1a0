//! Who of those above a tenant has entered it, and whether the tenant lets them.

use async_trait::async_trait;
use domain::{AuditEntry, Event, SupportAccess, SupportPolicy};
use ids::SupportId;
use tenancy::{Actor, TenantScope};

use crate::error::StoreError;

/// Most accesses of one actor that are looked at.
pub const SUPPORT_OF_ONE: usize = 16;

/// The policy of a tenant, and who has entered it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupportStanding {
    /// Whether those above may enter.
    pub policy: SupportPolicy,
    /// The latest accesses, newest first.
    pub accesses: Vec<SupportAccess>,
}

/// The book of support accesses. Everything of a tenant's is erased with it.
#[async_trait]
pub trait SupportBook: Send + Sync {
    /// How a tenant stands to those above it: with the latest [`SUPPORT_OF_ONE`] accesses of one
    /// actor, or the latest [`domain::SUPPORT_KEPT`] of all.
    async fn support(
        &self,
        scope: &TenantScope,
        of: Option<Actor>,
    ) -> Result<SupportStanding, StoreError>;

    /// Sets a tenant's policy.
    ///
    /// # Errors
    /// `NotFound` when there is no such tenant.
    async fn set_support_policy(
        &self,
        scope: &TenantScope,
        policy: SupportPolicy,
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;

    /// One access.
    async fn support_access(
        &self,
        scope: &TenantScope,
        id: SupportId,
    ) -> Result<Option<SupportAccess>, StoreError>;

    /// Adds an access or replaces the one with its id, with its entry in the audit trail and in
    /// the log of events, all in one transaction. With `new`, one that is there already stays
    /// and nothing is added; whether something was written.
    ///
    /// # Errors
    /// `NotFound` when there is no such tenant.
    async fn put_support_access(
        &self,
        scope: &TenantScope,
        access: &SupportAccess,
        new: bool,
        told: (&AuditEntry, &Event),
    ) -> Result<bool, StoreError>;
}
