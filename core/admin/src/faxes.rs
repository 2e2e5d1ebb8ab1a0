//! Use cases of faxes: they are found, read and removed, and whoever reads or removes one is noted.

use domain::Fax;
use ids::FaxId;
use ports::{FaxListing, FaxQuery, StoreError};
use serde_json::{Value, json};
use tenancy::TenantScope;

use crate::holds;
use crate::office::Office;

/// One page of a tenant's faxes, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &TenantScope,
    query: &FaxQuery,
) -> Result<FaxListing, StoreError> {
    office.store().faxes(scope, query).await
}

/// What is known of one fax.
///
/// # Errors
/// `NotFound`, also for another tenant's; else what the store says.
pub async fn read(office: &Office, scope: &TenantScope, id: FaxId) -> Result<Fax, StoreError> {
    let found = office.store().fax(scope, id).await?;
    found.ok_or(StoreError::NotFound)
}

/// What the audit trail says of a fax: whose it was, and nothing of what it says.
fn told(fax: &Fax) -> Value {
    json!({
        "call": fax.call,
        "caller": fax.caller,
        "number": fax.number,
        "began": fax.began.to_string(),
        "state": fax.state,
        "pages": fax.pages,
    })
}

/// The pages of a fax as a document (PDF). The tenant's audit trail says who fetched which before
/// anything of it is given.
///
/// # Errors
/// `NotFound` when there is no such fax or no document of it, else what the store says.
pub async fn document(
    office: &Office,
    scope: &TenantScope,
    id: FaxId,
) -> Result<Vec<u8>, StoreError> {
    let fax = read(office, scope, id).await?;
    let found = office.store().fax_document(scope, id).await?;
    let octets = found.ok_or(StoreError::NotFound)?;
    let target = id.to_string();
    let mut note = office.audit(scope.owner(), scope.actor(), "fax.fetched", target);
    note.after = Some(told(&fax));
    office.store().add_audit(scope, &note).await?;
    Ok(octets)
}

/// Removes a fax with its pages.
///
/// # Errors
/// `NotFound` when there is no such fax, `InUse` while it is on legal hold, else what the store
/// says.
pub async fn remove(office: &Office, scope: &TenantScope, id: FaxId) -> Result<(), StoreError> {
    let fax = read(office, scope, id).await?;
    let by = holds::on_fax(office, scope, &fax).await?;
    if !by.is_empty() {
        return Err(StoreError::InUse { by, more: 0 });
    }
    let target = id.to_string();
    let mut note = office.audit(scope.owner(), scope.actor(), "fax.removed", target);
    note.before = Some(told(&fax));
    office.store().add_audit(scope, &note).await?;
    office.store().remove_faxes(scope, vec![id]).await?;
    Ok(())
}
