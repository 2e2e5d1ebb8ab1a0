//! Use cases of the keys that seal secrets: how they stand, and replacing them without a stop.

use domain::Tenant;
use ports::{KeyStatus, Resealed, StoreError};
use serde_json::json;
use tenancy::{AccountScope, Owner, PlatformScope, Unresolved};

use crate::access;
use crate::office::Office;

/// Which master keys are held, and how many data keys each of them seals.
///
/// # Errors
/// What the store says.
pub async fn status(office: &Office, scope: &PlatformScope) -> Result<KeyStatus, StoreError> {
    office.store().key_status(scope).await
}

/// One step of sealing all data keys under the newest master key: a bounded number of them, so
/// that others come in between. A step that changed something is in the platform's audit trail.
///
/// # Errors
/// What the store says.
pub async fn reseal_step(
    office: &Office,
    scope: &PlatformScope,
    after: Option<Owner>,
) -> Result<Resealed, StoreError> {
    let done = office.store().reseal(scope, after).await?;
    if done.anew > 0 {
        let target = Owner::PLATFORM.to_string();
        let mut audit = office.audit(Owner::PLATFORM, scope.actor(), "data_keys.resealed", target);
        audit.after = Some(json!({ "data_keys": done.anew }));
        office.store().note(&scope.account(), &audit).await?;
    }
    Ok(done)
}

/// Gives a tenant below an account a new data key and seals its secrets under it; gives their
/// number. Nobody enters: nothing of the tenant is seen. It is in the tenant's audit trail.
///
/// # Errors
/// `NotFound` when there is no such tenant below the account, else what the store says.
pub async fn renew(
    office: &Office,
    account: &AccountScope,
    reference: &Unresolved<Tenant>,
) -> Result<u64, StoreError> {
    let (scope, _unentered) = access::found_below(office, account, reference).await?;
    let target = scope.tenant().to_string();
    let audit = office.audit(scope.owner(), scope.actor(), "data_key.renewed", target);
    office.store().note(account, &audit).await?;
    office.store().renew_key(&scope).await
}
