//! The exchange contains a device: what is kept, so that every node knows and a restart changes
//! nothing. Who releases one deletes the document, as any other.

use domain::{Containment, Device, KindName};
use ids::{DeviceId, TenantId};
use machine::WallTime;
use ports::{Page, StoreError};
use serde_json::json;
use tenancy::{Located, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

/// Who contains, in the audit trail.
const JOB: &str = "toll-guard";

/// Keeps that a device is contained until a moment, or until somebody releases it. What has ended
/// goes on from now; what is in force stays as it is.
///
/// # Errors
/// `NotFound` when the device is gone, `RevisionMismatch` when somebody changed its containment at
/// the same moment, else what the store says.
pub async fn keep(
    office: &Office,
    tenant: TenantId,
    device: DeviceId,
    until: Option<WallTime>,
    reason: &str,
) -> Result<(), StoreError> {
    let scope = TenantScope::for_job(tenant, JOB);
    let reference = Unresolved::<Device>::new(device.to_string());
    let (found, its) = documents::find(office, &scope, &reference).await?;
    let spec = Containment {
        name: its.spec.username,
        device,
        until,
        reason: Containment::reason_of(reason),
    };
    match of_device(office, &scope, found).await? {
        Some((_, before)) if before.holds(office.now()) => Ok(()),
        Some((ended, _)) => {
            let until = spec.until.map(|until| until.to_string());
            let patch = json!({ "until": until, "reason": spec.reason });
            let written = documents::patch(office, &scope, ended, None, &patch).await;
            written.map(|_| ())
        }
        None => add(office, &scope, spec).await,
    }
}

/// The containment of a device, under whatever name.
async fn of_device(
    office: &Office,
    scope: &TenantScope,
    device: Located<Device>,
) -> Result<Option<(Located<Containment>, Containment)>, StoreError> {
    let page = Page::first(ports::PAGE_MAX);
    let referrers = documents::referrers(office, scope, device, &page).await?;
    let mut by = referrers.by.into_iter();
    let Some(held) = by.find(|one| one.kind == KindName::Containment) else {
        return Ok(None);
    };
    let found = documents::find(office, scope, &Unresolved::new(held.id)).await;
    match found {
        Ok((found, resource)) => Ok(Some((found, resource.spec))),
        // released in between
        Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Adds one, named as the device; by its id where that is the name of another device's.
async fn add(office: &Office, scope: &TenantScope, spec: Containment) -> Result<(), StoreError> {
    let by_id = Containment {
        name: spec.device.to_string(),
        ..spec.clone()
    };
    for spec in [spec, by_id] {
        match documents::add(office, scope, spec, None).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Conflict { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    // another node was first
    Ok(())
}
