//! Use cases of a tenant as a whole: its own history, its audit trail.

use domain::{KindName, Version};
use ports::{AuditListing, Page, StoreError};
use tenancy::{AccountScope, TenantScope};

use crate::office::Office;

/// The latest revisions of the tenant's own document, newest first.
///
/// # Errors
/// What the store says.
pub async fn history(office: &Office, scope: &TenantScope) -> Result<Vec<Version>, StoreError> {
    let id = scope.tenant().to_string();
    office.store().history(scope, KindName::Tenant, &id).await
}

/// One page of a tenant's audit trail, newest first.
///
/// # Errors
/// What the store says.
pub async fn audit(
    office: &Office,
    scope: &TenantScope,
    page: &Page,
) -> Result<AuditListing, StoreError> {
    office.store().audit(scope, page).await
}

/// One page of an account's own audit trail, newest first.
///
/// # Errors
/// What the store says.
pub async fn account_audit(
    office: &Office,
    scope: &AccountScope,
    page: &Page,
) -> Result<AuditListing, StoreError> {
    office.store().account_audit(scope, page).await
}
