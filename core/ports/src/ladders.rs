//! Ladders that are kept with their call records.

use async_trait::async_trait;
use domain::Ladder;
use ids::CallId;
use tenancy::TenantScope;

use crate::error::StoreError;

/// Ladders, sealed under their tenant's data key. One goes with its record: when that is removed,
/// and when it is rewritten, since the messages say what the rewriting takes out.
#[async_trait]
pub trait LadderBook: Send + Sync {
    /// Keeps ladders of records that are there, each once; those of others are left out. Gives the
    /// number that were new.
    async fn write_ladders(&self, ladders: Vec<Ladder>) -> Result<usize, StoreError>;

    /// The ladder of a call; `None` when none is kept.
    async fn ladder(&self, scope: &TenantScope, call: CallId)
    -> Result<Option<Ladder>, StoreError>;
}
