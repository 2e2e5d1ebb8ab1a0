//! Use cases of ladders: the SIP messages of a call, as they are kept or told by a live exchange.

mod drawing;

use domain::Ladder;
use ids::CallId;
use ports::StoreError;
use tenancy::TenantScope;

use crate::office::Office;

pub use drawing::draw;

/// The ladder that is kept of a call.
///
/// # Errors
/// `NotFound` when none is kept, also for another tenant's call; else what the store says.
pub async fn kept(
    office: &Office,
    scope: &TenantScope,
    call: CallId,
) -> Result<Ladder, StoreError> {
    let found = office.store().ladder(scope, call).await?;
    found.ok_or(StoreError::NotFound)
}
