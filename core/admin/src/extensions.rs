//! Use cases of the kind *extension*.

use domain::{Extension, Resource, Version};
use ids::ExtensionId;
use ports::{Operation, Page, SecretChange, StoreError};
use serde_json::Value;
use tenancy::{Located, TenantScope, Unresolved};

use crate::office::Office;
use crate::patch::merge_patch;
use crate::resource::{self, Resources};
use crate::spec::parse_spec;

/// Adds an extension.
///
/// # Errors
/// `Invalid`, `Conflict` when the number is taken, else what the store says.
pub async fn create(
    office: &Office,
    scope: &TenantScope,
    spec: Extension,
) -> Result<Resource<Extension>, StoreError> {
    let id = office.mint(ExtensionId::new);
    let write = resource::new_write(id, scope.owner(), spec, SecretChange::Keep)?;
    resource::commit_one(office, scope, Operation::Create(write)).await
}

/// Finds an extension by id or number.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn find(
    office: &Office,
    scope: &TenantScope,
    reference: &Unresolved<Extension>,
) -> Result<(Located<Extension>, Resource<Extension>), StoreError> {
    resource::find(office, scope, reference).await
}

/// One page of extensions.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &TenantScope,
    page: &Page,
) -> Result<Resources<Extension>, StoreError> {
    resource::list(office, scope, page).await
}

/// Replaces an extension's spec; with `revision`, only while that revision is the present one.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `Invalid`, `Conflict`, else what the store says.
pub async fn replace(
    office: &Office,
    scope: &TenantScope,
    located: Located<Extension>,
    revision: Option<u64>,
    spec: Extension,
) -> Result<Resource<Extension>, StoreError> {
    let before = resource::reread(office, scope, located).await?;
    let write = resource::next_write(&before, spec, SecretChange::Keep)?;
    let expected_revision = resource::expected(&before, revision);
    let operation = Operation::Replace {
        write,
        expected_revision,
    };
    resource::commit_one(office, scope, operation).await
}

/// Changes an extension's spec by a JSON merge patch (RFC 7396).
///
/// # Errors
/// As [`replace`].
pub async fn patch(
    office: &Office,
    scope: &TenantScope,
    located: Located<Extension>,
    revision: Option<u64>,
    patch: &Value,
) -> Result<Resource<Extension>, StoreError> {
    let before = resource::reread(office, scope, located).await?;
    let mut value = resource::spec_value(&before)?;
    merge_patch(&mut value, patch);
    let write = resource::next_write(&before, parse_spec(&value)?, SecretChange::Keep)?;
    let expected_revision = resource::expected(&before, revision);
    let operation = Operation::Replace {
        write,
        expected_revision,
    };
    resource::commit_one(office, scope, operation).await
}

/// Deletes an extension that no device refers to.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `InUse`, else what the store says.
pub async fn delete(
    office: &Office,
    scope: &TenantScope,
    located: Located<Extension>,
    revision: Option<u64>,
) -> Result<(), StoreError> {
    resource::delete(office, scope, located, revision).await
}

/// The latest revisions of an extension, newest first.
///
/// # Errors
/// `NotFound` outside the scope, else what the store says.
pub async fn history(
    office: &Office,
    scope: &TenantScope,
    located: Located<Extension>,
) -> Result<Vec<Version>, StoreError> {
    let id = located
        .within(scope)
        .ok_or(StoreError::NotFound)?
        .to_string();
    office
        .store()
        .history(scope, domain::KindName::Extension, &id)
        .await
}
