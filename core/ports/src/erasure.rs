//! Erasing a tenant with all that was ever its own.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::AuditEntry;
use ids::TenantId;
use tenancy::{AccountScope, Below};

use crate::change::Change;
use crate::error::StoreError;

/// Most rows that one step erases, but for the last, which erases what is left of the documents.
pub const ERASE_STEP: usize = 2_000;

/// What one step erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Rows that are gone, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// Whether nothing is left and the data key is gone.
    pub done: bool,
}

/// The end of a tenant.
#[async_trait]
pub trait ErasureStore: Send + Sync {
    /// Erases the next rows of a tenant: first its facts in bounded steps, and with the last step
    /// its documents and its data key in one transaction, in which `change` deletes the tenant
    /// itself and `note` is added to the account's audit trail.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant does not lie below the account,
    /// [`StoreError::InUse`] while something of it is on hold, else what the store says.
    async fn erase_step(
        &self,
        scope: &AccountScope,
        tenant: Below<TenantId>,
        change: Change,
        note: &AuditEntry,
    ) -> Result<Erased, StoreError>;
}
