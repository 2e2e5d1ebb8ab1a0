//! What creating, listing, changing and deleting have in common for all kinds.

use domain::{Document, Invalid, Kind, KindName, Resource};
use ids::{DeviceId, ExtensionId, PlanId, ResellerId, TenantId, WebhookId};
use machine::WallTime;
use ports::{Cursor, Listing, Operation, Page, SecretChange, StoreError, Write, locate, read};
use serde_json::Value;
use tenancy::{Located, Owner, TenantScope, Unresolved};

use crate::office::Office;

/// One page of resources of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resources<K: Kind> {
    /// The resources, in the order asked for.
    pub items: Vec<Resource<K>>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

impl<K: Kind> TryFrom<Listing> for Resources<K> {
    type Error = Invalid;

    fn try_from(listing: Listing) -> Result<Self, Invalid> {
        let items = listing.documents.into_iter().map(Resource::try_from);
        Ok(Resources {
            items: items.collect::<Result<_, _>>()?,
            next: listing.next,
        })
    }
}

/// A new id of a kind, as text.
pub(crate) fn mint_id(office: &Office, kind: KindName) -> String {
    match kind {
        KindName::Reseller => office.mint(ResellerId::new).to_string(),
        KindName::Plan => office.mint(PlanId::new).to_string(),
        KindName::Tenant => office.mint(TenantId::new).to_string(),
        KindName::Extension => office.mint(ExtensionId::new).to_string(),
        KindName::Device => office.mint(DeviceId::new).to_string(),
        KindName::Webhook => office.mint(WebhookId::new).to_string(),
    }
}

/// The write of a new resource; the store sets revision and times.
pub(crate) fn new_write<K: Kind>(
    id: K::Id,
    owner: Owner,
    mut spec: K,
    secret: SecretChange,
) -> Result<Write, Invalid> {
    spec.normalise();
    spec.validate()?;
    let never = WallTime::UNIX_EPOCH;
    let resource = Resource {
        id,
        owner,
        revision: 1,
        spec,
        created: never,
        updated: never,
    };
    Ok(Write {
        document: resource.to_document()?,
        secret,
    })
}

/// The write that replaces a resource's spec.
pub(crate) fn next_write<K: Kind>(
    before: &Resource<K>,
    spec: K,
    secret: SecretChange,
) -> Result<Write, Invalid> {
    new_write(before.id, before.owner, spec, secret)
}

/// The revision that must still hold: the one the caller knows or, when it does not care, the
/// one just read.
pub(crate) fn expected<K: Kind>(before: &Resource<K>, revision: Option<u64>) -> Option<u64> {
    revision.or(Some(before.revision))
}

pub(crate) fn written<K: Kind>(document: Option<Document>) -> Result<Resource<K>, StoreError> {
    let Some(document) = document else {
        let detail = "the store wrote nothing".to_owned();
        return Err(StoreError::Corrupt { detail });
    };
    Ok(document.try_into()?)
}

pub(crate) async fn commit_one<K: Kind>(
    office: &Office,
    scope: &TenantScope,
    operation: Operation,
) -> Result<Resource<K>, StoreError> {
    let change = office.change(vec![operation]);
    written(office.store().commit(scope, change).await?.into_document())
}

pub(crate) async fn find<K: Kind>(
    office: &Office,
    scope: &TenantScope,
    reference: &Unresolved<K>,
) -> Result<(Located<K>, Resource<K>), StoreError> {
    locate(office.store(), scope, reference).await
}

pub(crate) async fn reread<K: Kind>(
    office: &Office,
    scope: &TenantScope,
    located: Located<K>,
) -> Result<Resource<K>, StoreError> {
    read(office.store(), scope, located).await
}

pub(crate) async fn list<K: Kind>(
    office: &Office,
    scope: &TenantScope,
    page: &Page,
) -> Result<Resources<K>, StoreError> {
    Ok(office
        .store()
        .list(scope, K::NAME, page)
        .await?
        .try_into()?)
}

pub(crate) async fn delete<K: Kind>(
    office: &Office,
    scope: &TenantScope,
    located: Located<K>,
    revision: Option<u64>,
) -> Result<(), StoreError> {
    let id = located
        .within(scope)
        .ok_or(StoreError::NotFound)?
        .to_string();
    let operation = Operation::Delete {
        kind: K::NAME,
        id,
        expected_revision: revision,
    };
    let change = office.change(vec![operation]);
    office.store().commit(scope, change).await.map(|_| ())
}

/// A resource's spec as JSON.
pub(crate) fn spec_value<K: Kind>(resource: &Resource<K>) -> Result<Value, Invalid> {
    Ok(resource.to_document()?.spec)
}
