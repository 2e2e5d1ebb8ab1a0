//! Use cases of the kinds that accounts own, the same for each: resellers, plans and tenants.

use domain::{Invalid, Kind, KindName, Place, Resource, Version};
use ports::{Operation, Page, SecretChange, StoreError, locate_below};
use serde_json::Value;
use tenancy::{Account, AccountScope, Below, Owner, Unresolved};

use crate::office::Office;
use crate::patch::merge_patch;
use crate::reference;
use crate::resource::{self, Resources, mint_id};
use crate::spec::parse_spec;

/// Adds a document from JSON. References may be ids or names. A reseller or a tenant that names
/// no account above it lies right below the account that acts.
///
/// # Errors
/// `Invalid` naming the field, `Conflict` when a name is taken, `Dangling` when what it refers to
/// is not there or not to be sold, `Quota`, else what the store says.
pub async fn create<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    mut value: Value,
) -> Result<Resource<K>, StoreError> {
    if let Account::Reseller(own) = scope.account() {
        reference::lie_below(K::NAME, &mut value, own);
    }
    reference::resolve_below(office, scope, K::NAME, &mut value).await?;
    let spec: K = parse_spec(&value)?;
    let id = mint_id(office, K::NAME);
    let owner = owner_of(scope, K::NAME, &id)?;
    let id = id.parse().map_err(|_| odd_id())?;
    let write = resource::new_write(id, owner, spec, SecretChange::Keep)?;
    commit_one(office, scope, Operation::Create(write)).await
}

fn owner_of(scope: &AccountScope, kind: KindName, id: &str) -> Result<Owner, StoreError> {
    match kind.place() {
        Place::Itself => id.parse().map_err(|_| odd_id()),
        Place::Account => Ok(scope.owner()),
        Place::Tenant => Err(StoreError::NotFound),
    }
}

fn odd_id() -> StoreError {
    StoreError::Corrupt {
        detail: "an id was minted that is none of its kind".to_owned(),
    }
}

async fn commit_one<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    operation: Operation,
) -> Result<Resource<K>, StoreError> {
    let change = office.change(vec![operation]);
    let committed = office.store().commit_below(scope, change).await?;
    resource::written(committed.into_document())
}

/// Finds a document by id or name.
///
/// # Errors
/// `NotFound`, also for what lies beside or above the account, else what the store says.
pub async fn find<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    reference: &Unresolved<K>,
) -> Result<(Below<K::Id>, Resource<K>), StoreError> {
    locate_below(office.store(), scope, reference).await
}

/// One page of the documents of a kind below the account.
///
/// # Errors
/// What the store says.
pub async fn list<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    page: &Page,
) -> Result<Resources<K>, StoreError> {
    let listing = office.store().list_below(scope, K::NAME, page).await?;
    Ok(listing.try_into()?)
}

/// Replaces a document's spec from JSON; with `revision`, only while that revision is the present
/// one.
///
/// # Errors
/// As [`create`], and `NotFound`, `RevisionMismatch`.
pub async fn replace<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    before: &Resource<K>,
    revision: Option<u64>,
    mut value: Value,
) -> Result<Resource<K>, StoreError> {
    reference::resolve_below(office, scope, K::NAME, &mut value).await?;
    let write = resource::next_write(before, parse_spec(&value)?, SecretChange::Keep)?;
    let expected_revision = resource::expected(before, revision);
    let operation = Operation::Replace {
        write,
        expected_revision,
    };
    commit_one(office, scope, operation).await
}

/// Changes a document by a JSON merge patch (RFC 7396).
///
/// # Errors
/// As [`replace`].
pub async fn patch<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    before: &Resource<K>,
    revision: Option<u64>,
    patch: &Value,
) -> Result<Resource<K>, StoreError> {
    let mut value = resource::spec_value(before)?;
    merge_patch(&mut value, patch);
    replace(office, scope, before, revision, value).await
}

/// Puts back the spec that a document had at an earlier revision, as a new revision.
///
/// # Errors
/// `Invalid` when that revision is not kept, else as [`replace`].
pub async fn roll_back<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    before: &Resource<K>,
    revision: Option<u64>,
    to: u64,
) -> Result<Resource<K>, StoreError> {
    let versions = history(office, scope, before).await?;
    let earlier = versions.into_iter().find(|version| version.revision == to);
    let kept = earlier.map(|version| version.document.spec);
    let spec = kept.ok_or_else(|| Invalid::new("/revision", "must be a revision that is kept"))?;
    replace(office, scope, before, revision, spec).await
}

/// Deletes a document that nothing refers to and, when it opens an account or a tenant, that has
/// nothing in it.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `InUse`, else what the store says.
pub async fn delete<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    located: Below<K::Id>,
    revision: Option<u64>,
) -> Result<(), StoreError> {
    let operation = Operation::Delete {
        kind: K::NAME,
        id: located.id().to_string(),
        expected_revision: revision,
    };
    let change = office.change(vec![operation]);
    office.store().commit_below(scope, change).await.map(|_| ())
}

/// The latest revisions of a document, newest first.
///
/// # Errors
/// What the store says.
pub async fn history<K: Kind>(
    office: &Office,
    scope: &AccountScope,
    present: &Resource<K>,
) -> Result<Vec<Version>, StoreError> {
    let id = present.id.to_string();
    office.store().history_below(scope, K::NAME, &id).await
}
