//! Use cases of the kind *tenant*. Only the accounts above a tenant change it.

use domain::{KindName, Resource, Tenant, Version};
use ids::TenantId;
use ports::{AuditListing, Operation, Page, SecretChange, StoreError, locate_below};
use serde_json::Value;
use tenancy::{AccountScope, Located, TenantScope, Unresolved};

use crate::office::Office;
use crate::patch::merge_patch;
use crate::resource::{self, Resources};
use crate::spec::parse_spec;

async fn commit_one(
    office: &Office,
    scope: &AccountScope,
    operation: Operation,
) -> Result<Resource<Tenant>, StoreError> {
    let change = office.change(vec![operation]);
    resource::written(
        office
            .store()
            .commit_below(scope, change)
            .await?
            .into_document(),
    )
}

/// Adds a tenant.
///
/// # Errors
/// `Invalid`, `Conflict` when a domain is taken, else what the store says.
pub async fn create(
    office: &Office,
    scope: &AccountScope,
    spec: Tenant,
) -> Result<Resource<Tenant>, StoreError> {
    let id = office.mint(TenantId::new);
    let write = resource::new_write(id, id.into(), spec, SecretChange::Keep)?;
    commit_one(office, scope, Operation::Create(write)).await
}

/// Finds a tenant by id or by any of its domains.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn find(
    office: &Office,
    scope: &AccountScope,
    reference: &Unresolved<Tenant>,
) -> Result<Resource<Tenant>, StoreError> {
    let (_, found) = locate_below(office.store(), scope, reference).await?;
    Ok(found)
}

/// One page of tenants.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &AccountScope,
    page: &Page,
) -> Result<Resources<Tenant>, StoreError> {
    let kind = KindName::Tenant;
    let listing = office.store().list_below(scope, kind, page).await?;
    Ok(listing.try_into()?)
}

async fn present(
    office: &Office,
    scope: &AccountScope,
    located: Located<Tenant>,
) -> Result<Resource<Tenant>, StoreError> {
    find(office, scope, &Unresolved::new(located.id().to_string())).await
}

/// Replaces a tenant's spec; with `revision`, only while that revision is the present one.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `Invalid`, `Conflict`, else what the store says.
pub async fn replace(
    office: &Office,
    scope: &AccountScope,
    located: Located<Tenant>,
    revision: Option<u64>,
    spec: Tenant,
) -> Result<Resource<Tenant>, StoreError> {
    let before = present(office, scope, located).await?;
    let write = resource::next_write(&before, spec, SecretChange::Keep)?;
    let expected_revision = resource::expected(&before, revision);
    commit_one(
        office,
        scope,
        Operation::Replace {
            write,
            expected_revision,
        },
    )
    .await
}

/// Changes a tenant's spec by a JSON merge patch (RFC 7396).
///
/// # Errors
/// As [`replace`].
pub async fn patch(
    office: &Office,
    scope: &AccountScope,
    located: Located<Tenant>,
    revision: Option<u64>,
    patch: &Value,
) -> Result<Resource<Tenant>, StoreError> {
    let before = present(office, scope, located).await?;
    let mut value = resource::spec_value(&before)?;
    merge_patch(&mut value, patch);
    let expected = resource::expected(&before, revision);
    replace(office, scope, located, expected, parse_spec(&value)?).await
}

/// Deletes a tenant that has no other documents, with its data key and its API keys. Its call
/// records and its audit trail stay.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `InUse`, else what the store says.
pub async fn delete(
    office: &Office,
    scope: &AccountScope,
    located: Located<Tenant>,
    revision: Option<u64>,
) -> Result<(), StoreError> {
    let id = located.id().to_string();
    let kind = KindName::Tenant;
    let operation = Operation::Delete {
        kind,
        id,
        expected_revision: revision,
    };
    let change = office.change(vec![operation]);
    office.store().commit_below(scope, change).await.map(|_| ())
}

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
