//! The use cases of documents, the same for all kinds and for all scopes.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Invalid, Kind, KindName, Place, Resource, Secret, SecretRule, Version};
use machine::WallTime;
use ports::{Operation, Page, Referrers, StoreError};
use serde_json::Value;
use tenancy::{Owner, Unresolved};

use crate::draft::{self, Draft};
use crate::office::Office;
use crate::patch::merge_patch;
use crate::reach::Reach;
use crate::resource::{self, Resources};
use crate::secrets;

/// A resource as it was written, with its secret when one was generated for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<K: Kind> {
    /// The resource.
    pub resource: Resource<K>,
    /// The secret that was made, to be shown now and never again. `None` when the secret was
    /// supplied or did not change, and for kinds that have none.
    pub secret: Option<Secret>,
}

/// Adds a document. What it refers to may be named by id or natural key; where its kind has a
/// secret and none is supplied in the member `secret`, one is made.
///
/// # Errors
/// `Invalid`, `Conflict` when a key is taken, `Dangling`, `Quota`, else what the store says.
pub async fn create<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    value: Value,
) -> Result<Written<K>, StoreError> {
    let draft: Draft<K> = draft::read(office, scope, value).await?;
    add(office, scope, draft.spec, draft.secret).await
}

/// Adds a document whose spec is at hand, with this secret. Where its kind has one and none is
/// given, one is made.
///
/// # Errors
/// As [`create`].
pub async fn add<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    spec: K,
    supplied: Option<Secret>,
) -> Result<Written<K>, StoreError> {
    let minted = secrets::first(office, &spec, supplied.as_ref())?;
    let id = office.mint(K::new_id);
    let owner = owner_of::<K>(id, scope.owner())?;
    let write = resource::new_write(id, owner, spec, minted.change)?;
    let resource = commit_one(office, scope, Operation::Create(write)).await?;
    Ok(Written {
        resource,
        secret: minted.told,
    })
}

/// Who owns a new document of a kind.
fn owner_of<K: Kind>(id: K::Id, maker: Owner) -> Result<Owner, Invalid> {
    match K::PLACE {
        Place::Account | Place::Tenant | Place::Anywhere => Ok(maker),
        Place::Itself => {
            let owner = K::NAME.itself(&id.to_string());
            owner.ok_or_else(|| Invalid::new("/id", "must be the id of an owner"))
        }
    }
}

pub(crate) async fn commit_one<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    operation: Operation,
) -> Result<Resource<K>, StoreError> {
    let change = office.change(vec![operation]);
    let committed = scope.commit(office.store(), change).await?;
    resource::written(committed.into_document())
}

/// Finds a document by id or natural key.
///
/// # Errors
/// `NotFound` also for what is out of reach, else what the store says.
pub async fn find<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    reference: &Unresolved<K>,
) -> Result<(S::Found<K>, Resource<K>), StoreError> {
    scope.find(office.store(), reference).await
}

/// The id of the document of a kind that has this id or natural key.
///
/// # Errors
/// `NotFound` also for what is out of reach, else what the store says.
pub async fn id_of<S: Reach>(
    office: &Office,
    scope: &S,
    kind: KindName,
    name: &str,
) -> Result<String, StoreError> {
    let found = scope.named(office.store(), kind, name).await?;
    found.ok_or(StoreError::NotFound)
}

/// One page of a kind's documents.
///
/// # Errors
/// What the store says.
pub async fn list<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    page: &Page,
) -> Result<Resources<K>, StoreError> {
    let listing = scope.list(office.store(), K::NAME, page).await?;
    Ok(listing.try_into()?)
}

pub(crate) async fn reread<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
) -> Result<Resource<K>, StoreError> {
    let id = scope.id_of(found).ok_or(StoreError::NotFound)?;
    let reference = Unresolved::new(id.to_string());
    let (_, resource) = scope.find(office.store(), &reference).await?;
    Ok(resource)
}

/// Replaces a document's spec, and its secret when one is supplied; with `revision`, only while
/// that is the present one.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `Invalid`, `Conflict`, `Dangling`, else what the store says.
pub async fn replace<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
    revision: Option<u64>,
    value: Value,
) -> Result<Resource<K>, StoreError> {
    let before = reread(office, scope, found).await?;
    let draft = draft::changed(office, scope, &before, value).await?;
    replace_with(office, scope, &before, revision, draft).await
}

async fn replace_with<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    before: &Resource<K>,
    revision: Option<u64>,
    draft: Draft<K>,
) -> Result<Resource<K>, StoreError> {
    let depends = draft.spec.secret_depends_on() != before.spec.secret_depends_on();
    if draft.secret.is_none() && depends {
        let rule = format!("must be given anew when the {} changes", K::SECRET_OF);
        return Err(Invalid::new("/secret", rule).into());
    }
    let secret = secrets::given(office, &draft.spec, draft.secret.as_ref())?;
    let write = resource::next_write(before, draft.spec, secret)?;
    let expected_revision = resource::expected(before, revision);
    let operation = Operation::Replace {
        write,
        expected_revision,
    };
    commit_one(office, scope, operation).await
}

/// Changes a document by a JSON merge patch (RFC 7396). The member `secret` sets a new secret.
///
/// # Errors
/// As [`replace`].
pub async fn patch<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
    revision: Option<u64>,
    patch: &Value,
) -> Result<Resource<K>, StoreError> {
    let before = reread::<K, S>(office, scope, found).await?;
    let mut value = resource::spec_value(&before)?;
    merge_patch(&mut value, patch);
    let draft = draft::changed(office, scope, &before, value).await?;
    replace_with(office, scope, &before, revision, draft).await
}

/// Gives a document a new secret of the exchange's making. The old one is void after the overlap,
/// at most [`OVERLAP_MAX`](domain::OVERLAP_MAX); keys that sign have an overlap of their own.
///
/// # Errors
/// `NotFound`, also for kinds whose secrets the exchange does not make, `Invalid` for an overlap
/// that is too long or has no meaning for the kind, `RevisionMismatch`, else what the store says.
pub async fn rotate_secret<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
    revision: Option<u64>,
    overlap: Duration,
) -> Result<Written<K>, StoreError> {
    if !secrets::makes(K::SECRET) {
        return Err(StoreError::NotFound);
    }
    secrets::check_overlap(K::SECRET, overlap)?;
    let before = reread::<K, S>(office, scope, found).await?;
    let id = before.id.to_string();
    let keys = match K::SECRET {
        SecretRule::Signing => scope.signing_keys(office.store(), K::NAME, &id).await?,
        SecretRule::None
        | SecretRule::Generated
        | SecretRule::Supplied
        | SecretRule::PrivateKey => None,
    };
    let minted = secrets::made(office, &before.spec, keys)?;
    let change = secrets::beside(minted.change, office.now(), overlap);
    let write = resource::next_write(&before, before.spec.clone(), change)?;
    let expected_revision = resource::expected(&before, revision);
    let operation = Operation::Replace {
        write,
        expected_revision,
    };
    Ok(Written {
        resource: commit_one(office, scope, operation).await?,
        secret: minted.told,
    })
}

/// When the passwords before the present ones of these documents are void, by id, where they are
/// still valid.
///
/// # Errors
/// What the store says.
pub async fn former_ends<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    resources: &[Resource<K>],
) -> Result<BTreeMap<String, WallTime>, StoreError> {
    if K::SECRET != SecretRule::Generated {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<String> = resources.iter().map(|one| one.id.to_string()).collect();
    let mut ends = scope.former_ends(office.store(), K::NAME, &ids).await?;
    let now = office.now();
    ends.retain(|_, end| now < *end);
    Ok(ends)
}

/// Deletes a document that nobody refers to.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `InUse`, else what the store says.
pub async fn delete<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
    revision: Option<u64>,
) -> Result<(), StoreError> {
    let id = scope.id_of::<K>(found).ok_or(StoreError::NotFound)?;
    let operation = Operation::Delete {
        kind: K::NAME,
        id: id.to_string(),
        expected_revision: revision,
    };
    let change = office.change(vec![operation]);
    scope.commit(office.store(), change).await.map(|_| ())
}

/// One page of those who refer to a document, as far as the scope sees them. Filter and order are
/// ignored.
///
/// # Errors
/// `NotFound` out of reach, else what the store says.
pub async fn referrers<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
    page: &Page,
) -> Result<Referrers, StoreError> {
    let id = scope
        .id_of::<K>(found)
        .ok_or(StoreError::NotFound)?
        .to_string();
    let (document, after) = ((K::NAME, id.as_str()), page.after.as_ref());
    let store = office.store();
    scope
        .referrers(store, document, after, page.bounded_limit())
        .await
}

/// The latest revisions of a document, newest first.
///
/// # Errors
/// `NotFound` out of reach, else what the store says.
pub async fn history<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
) -> Result<Vec<Version>, StoreError> {
    let id = scope.id_of::<K>(found).ok_or(StoreError::NotFound)?;
    let store = office.store();
    scope.history(store, K::NAME, &id.to_string()).await
}

/// Makes a document again what it was at an earlier revision, as a new revision. Its secret stays
/// as it is, since earlier secrets are not kept.
///
/// # Errors
/// `Invalid` when that revision is not kept (the latest 100 are) or needs another secret,
/// `NotFound`, `RevisionMismatch`, `Conflict`, `Dangling`, else what the store says.
pub async fn roll_back<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    found: S::Found<K>,
    expected: Option<u64>,
    revision: u64,
) -> Result<Resource<K>, StoreError> {
    let before = reread::<K, S>(office, scope, found).await?;
    let versions = history::<K, S>(office, scope, found).await?;
    let version = versions.into_iter().find(|one| one.revision == revision);
    let Some(version) = version else {
        return Err(Invalid::new("/revision", "must be a revision that is kept").into());
    };
    let earlier: Resource<K> = version.document.try_into()?;
    let draft = Draft {
        spec: earlier.spec,
        secret: None,
    };
    replace_with(office, scope, &before, expected, draft).await
}
