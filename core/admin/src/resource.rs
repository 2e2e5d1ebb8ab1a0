//! What creating, listing, changing and deleting have in common for all kinds.

use domain::{Document, ForKind, Invalid, Kind, KindName, Resource};
use machine::WallTime;
use ports::{Cursor, Listing, SecretChange, StoreError, Write};
use serde_json::Value;
use tenancy::Owner;

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
    struct Task<'a>(&'a Office);
    impl ForKind for Task<'_> {
        type Output = String;
        fn run<K: Kind>(self) -> String {
            self.0.mint(K::new_id).to_string()
        }
    }
    kind.with(Task(office))
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
    spec.validate_for(owner)?;
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

/// A resource's spec as JSON.
pub(crate) fn spec_value<K: Kind>(resource: &Resource<K>) -> Result<Value, Invalid> {
    Ok(resource.to_document()?.spec)
}
