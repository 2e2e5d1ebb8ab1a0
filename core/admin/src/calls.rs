//! Use cases of call records, which are facts: they are read, never changed.

use domain::Cdr;
use ids::CdrId;
use ports::{CdrListing, CdrQuery, StoreError};
use tenancy::TenantScope;

use crate::office::Office;

/// One page of a tenant's call records, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &TenantScope,
    query: &CdrQuery,
) -> Result<CdrListing, StoreError> {
    office.store().cdrs(scope, query).await
}

/// One call record.
///
/// # Errors
/// `NotFound`, also for another tenant's record; else what the store says.
pub async fn read(office: &Office, scope: &TenantScope, id: CdrId) -> Result<Cdr, StoreError> {
    office
        .store()
        .cdr(scope, id)
        .await?
        .ok_or(StoreError::NotFound)
}
