//! Use cases of faxes: they are found, read and removed, and whoever reads or removes one is noted.

use std::fmt;

use domain::{Fax, FaxState};
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
pub(crate) fn told(fax: &Fax) -> Value {
    json!({
        "direction": fax.direction(),
        "call": fax.call,
        "caller": fax.caller,
        "number": fax.number,
        "to": fax.to(),
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

/// Why a fax is not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unremoved {
    /// It is being sent.
    Sending,
    /// What the store says; `InUse` names the legal holds that keep it.
    Store(StoreError),
}

impl fmt::Display for Unremoved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unremoved::Sending => f.write_str("the fax is being sent; it can be removed then"),
            Unremoved::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unremoved {}

impl From<StoreError> for Unremoved {
    fn from(error: StoreError) -> Self {
        Unremoved::Store(error)
    }
}

/// Removes a fax with its pages. One that waits to be sent is not sent any more.
///
/// # Errors
/// [`Unremoved`]: also `NotFound` when there is no such fax, and `InUse` while it is on legal hold.
pub async fn remove(office: &Office, scope: &TenantScope, id: FaxId) -> Result<(), Unremoved> {
    let fax = read(office, scope, id).await?;
    let by = holds::on_fax(office, scope, &fax).await?;
    if !by.is_empty() {
        return Err(StoreError::InUse { by, more: 0 }.into());
    }
    match fax.state {
        FaxState::Sending => return Err(Unremoved::Sending),
        FaxState::Queued => {
            // whoever sends them may be about to take it
            let given_up = fax.clone().failed("cancelled", "somebody has removed it");
            if !office
                .store()
                .change_fax(given_up, FaxState::Queued)
                .await?
            {
                return Err(Unremoved::Sending);
            }
        }
        FaxState::Received | FaxState::Failed | FaxState::Sent => {}
    }
    let target = id.to_string();
    let mut note = office.audit(scope.owner(), scope.actor(), "fax.removed", target);
    note.before = Some(told(&fax));
    office.store().add_audit(scope, &note).await?;
    office.store().remove_faxes(scope, vec![id]).await?;
    Ok(())
}
