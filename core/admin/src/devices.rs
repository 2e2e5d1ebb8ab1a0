//! Use cases of the kind *device*. Secrets are shown once, when they are made.

use domain::{Device, Extension, Invalid, KindName, Resource, Secret, Version};
use ids::{DeviceId, ExtensionId};
use ports::{Operation, Page, SecretChange, StoreError};
use serde_json::Value;
use tenancy::{Located, TenantScope, Unresolved};

use crate::office::Office;
use crate::patch::merge_patch;
use crate::resource::{self, Resources};
use crate::spec::parse_spec;

/// A device as it was written, with its secret when one was generated for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The device.
    pub device: Resource<Device>,
    /// The generated secret, to be shown now and never again. `None` when the secret was
    /// supplied or did not change.
    pub secret: Option<Secret>,
}

/// A device's spec as it came from outside, with its secret when one came along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The spec.
    pub spec: Device,
    /// The supplied secret.
    pub secret: Option<Secret>,
}

/// Reads a device from JSON. The member `secret` is optional; `extension` may be an id or a
/// number of the tenant.
///
/// # Errors
/// `Invalid` naming the field, else what the store says.
pub async fn draft(
    office: &Office,
    scope: &TenantScope,
    mut value: Value,
) -> Result<Draft, StoreError> {
    let secret = take_secret(&mut value)?;
    resolve_extension(office, scope, &mut value).await?;
    Ok(Draft {
        spec: parse_spec(&value)?,
        secret,
    })
}

fn take_secret(value: &mut Value) -> Result<Option<Secret>, Invalid> {
    match value
        .as_object_mut()
        .and_then(|members| members.remove("secret"))
    {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Secret::supplied(text).map(Some),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(Invalid::new("/secret", "must be a text"))
        }
    }
}

/// Puts the id in place of a number in the member `extension`.
async fn resolve_extension(
    office: &Office,
    scope: &TenantScope,
    value: &mut Value,
) -> Result<(), StoreError> {
    let Some(Value::String(text)) = value.get_mut("extension") else {
        return Ok(());
    };
    if text.parse::<ExtensionId>().is_ok() {
        return Ok(());
    }
    let reference = Unresolved::<Extension>::new(text.as_str());
    match resource::find(office, scope, &reference).await {
        Ok((located, _)) => *text = located.id().to_string(),
        Err(StoreError::NotFound) => {
            return Err(Invalid::new("/extension", "must be an extension of the tenant").into());
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Adds a device. Without a supplied secret one is generated.
///
/// # Errors
/// `Invalid`, `Conflict` when user name or trusted source are taken, `Dangling` when the tenant
/// has no such extension, else what the store says.
pub async fn create(
    office: &Office,
    scope: &TenantScope,
    draft: Draft,
) -> Result<Written, StoreError> {
    let generated = draft.secret.is_none().then(|| office.generate_secret());
    let secret = generated.as_ref().or(draft.secret.as_ref());
    let keep = match secret {
        Some(secret) => SecretChange::Set(office.digests(&draft.spec.username, secret)),
        None => SecretChange::Keep,
    };
    let id = office.mint(DeviceId::new);
    let write = resource::new_write(id, scope.owner(), draft.spec, keep)?;
    let device = resource::commit_one(office, scope, Operation::Create(write)).await?;
    Ok(Written {
        device,
        secret: generated,
    })
}

/// Finds a device by id or user name.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn find(
    office: &Office,
    scope: &TenantScope,
    reference: &Unresolved<Device>,
) -> Result<(Located<Device>, Resource<Device>), StoreError> {
    resource::find(office, scope, reference).await
}

/// One page of devices.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &TenantScope,
    page: &Page,
) -> Result<Resources<Device>, StoreError> {
    resource::list(office, scope, page).await
}

/// Replaces a device's spec, and its secret when one is supplied. What is kept of a secret
/// depends on the user name, so a new user name needs a supplied secret.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `Invalid`, `Conflict`, `Dangling`, else what the store says.
pub async fn replace(
    office: &Office,
    scope: &TenantScope,
    located: Located<Device>,
    revision: Option<u64>,
    draft: Draft,
) -> Result<Resource<Device>, StoreError> {
    let before = resource::reread(office, scope, located).await?;
    let secret = match &draft.secret {
        Some(secret) => SecretChange::Set(office.digests(&draft.spec.username, secret)),
        None if draft.spec.username == before.spec.username => SecretChange::Keep,
        None => {
            let rule = "must be given anew when the user name changes";
            return Err(Invalid::new("/secret", rule).into());
        }
    };
    let write = resource::next_write(&before, draft.spec, secret)?;
    let expected_revision = resource::expected(&before, revision);
    let operation = Operation::Replace {
        write,
        expected_revision,
    };
    resource::commit_one(office, scope, operation).await
}

/// Changes a device by a JSON merge patch (RFC 7396). The member `secret` sets a new secret;
/// `extension` may be an id or a number.
///
/// # Errors
/// As [`replace`].
pub async fn patch(
    office: &Office,
    scope: &TenantScope,
    located: Located<Device>,
    revision: Option<u64>,
    patch: &Value,
) -> Result<Resource<Device>, StoreError> {
    let before = resource::reread(office, scope, located).await?;
    let mut value = resource::spec_value(&before)?;
    merge_patch(&mut value, patch);
    let draft = draft(office, scope, value).await?;
    let expected = resource::expected(&before, revision);
    replace(office, scope, located, expected, draft).await
}

/// Gives a device a new generated secret. The old one is void at once.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, else what the store says.
pub async fn rotate_secret(
    office: &Office,
    scope: &TenantScope,
    located: Located<Device>,
    revision: Option<u64>,
) -> Result<Written, StoreError> {
    let before = resource::reread(office, scope, located).await?;
    let secret = office.generate_secret();
    let digests = office.digests(&before.spec.username, &secret);
    let spec = before.spec.clone();
    let write = resource::next_write(&before, spec, SecretChange::Set(digests))?;
    let expected_revision = resource::expected(&before, revision);
    let operation = Operation::Replace {
        write,
        expected_revision,
    };
    let device = resource::commit_one(office, scope, operation).await?;
    Ok(Written {
        device,
        secret: Some(secret),
    })
}

/// Deletes a device.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, else what the store says.
pub async fn delete(
    office: &Office,
    scope: &TenantScope,
    located: Located<Device>,
    revision: Option<u64>,
) -> Result<(), StoreError> {
    resource::delete(office, scope, located, revision).await
}

/// The latest revisions of a device, newest first.
///
/// # Errors
/// `NotFound` outside the scope, else what the store says.
pub async fn history(
    office: &Office,
    scope: &TenantScope,
    located: Located<Device>,
) -> Result<Vec<Version>, StoreError> {
    let id = located
        .within(scope)
        .ok_or(StoreError::NotFound)?
        .to_string();
    office.store().history(scope, KindName::Device, &id).await
}
