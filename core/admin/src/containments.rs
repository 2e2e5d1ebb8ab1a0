//! The exchange contains a device: what is kept, so that every node knows and a restart changes
//! nothing. Who releases one deletes the document, as any other.

use domain::{Containment, Device};
use ids::{DeviceId, TenantId};
use machine::WallTime;
use ports::StoreError;
use tenancy::{TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

/// Who contains, in the audit trail.
const JOB: &str = "toll-guard";

/// Keeps that a device is contained until a moment, or until somebody releases it. One that has
/// ended makes room; one that is in force stays as it is.
///
/// # Errors
/// `NotFound` when the device is gone, else what the store says.
pub async fn keep(
    office: &Office,
    tenant: TenantId,
    device: DeviceId,
    until: Option<WallTime>,
    reason: &str,
) -> Result<(), StoreError> {
    let scope = TenantScope::for_job(tenant, JOB);
    let reference = Unresolved::<Device>::new(device.to_string());
    let (_, found) = documents::find(office, &scope, &reference).await?;
    let name = found.spec.username;
    let reference = Unresolved::<Containment>::new(name.clone());
    match documents::find(office, &scope, &reference).await {
        Ok((_, before)) if before.spec.device == device && before.spec.holds(office.now()) => {
            return Ok(());
        }
        Ok((ended, _)) => documents::delete(office, &scope, ended, None).await?,
        Err(StoreError::NotFound) => {}
        Err(other) => return Err(other),
    }
    let spec = Containment {
        name,
        device,
        until,
        reason: Containment::reason_of(reason),
    };
    match documents::add(office, &scope, spec, None).await {
        Ok(_) => Ok(()),
        // another node was first, or somebody contains it by another name
        Err(StoreError::Conflict { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}
