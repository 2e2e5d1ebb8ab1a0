//! Use cases of the event log, which is read, never changed.

use ports::{EventPage, EventQuery, StoreError};
use tenancy::TenantScope;

use crate::office::Office;

/// A piece of a tenant's event log.
///
/// # Errors
/// What the store says.
pub async fn page(
    office: &Office,
    scope: &TenantScope,
    query: &EventQuery,
) -> Result<EventPage, StoreError> {
    office.store().events(scope, query).await
}

/// Cursor of the latest event, from which somebody follows who wants only what is new.
///
/// # Errors
/// What the store says.
pub async fn latest(office: &Office, scope: &TenantScope) -> Result<u64, StoreError> {
    let query = EventQuery {
        after: u64::MAX,
        limit: 1,
        ..EventQuery::default()
    };
    Ok(office.store().events(scope, &query).await?.latest)
}
