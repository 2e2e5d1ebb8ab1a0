//! Documents as they are stored, and the same with a typed spec.

use machine::WallTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::Owner;

use crate::invalid::Invalid;
use crate::kind::Kind;
use crate::kind_name::KindName;

/// A configuration document of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Which kind the spec is of.
    pub kind: KindName,
    /// The id's text.
    pub id: String,
    /// The owner. A tenant's or a reseller's own document is owned by itself.
    pub owner: Owner,
    /// 1 when created, one more with each change.
    pub revision: u64,
    /// The natural key, such as a number, a user name or the first domain.
    pub name: String,
    /// The spec; secrets are never in it.
    pub spec: Value,
    /// When it was created.
    pub created: WallTime,
    /// When it was changed last.
    pub updated: WallTime,
}

/// A document whose spec was read as its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource<K: Kind> {
    /// The id.
    pub id: K::Id,
    /// The owner. A tenant's or a reseller's own document is owned by itself.
    pub owner: Owner,
    /// 1 when created, one more with each change.
    pub revision: u64,
    /// The spec.
    pub spec: K,
    /// When it was created.
    pub created: WallTime,
    /// When it was changed last.
    pub updated: WallTime,
}

impl<K: Kind> Resource<K> {
    /// The document to be stored.
    pub fn to_document(&self) -> Result<Document, Invalid> {
        let spec = serde_json::to_value(&self.spec)
            .map_err(|error| Invalid::new("", error.to_string()))?;
        Ok(Document {
            kind: K::NAME,
            id: self.id.to_string(),
            owner: self.owner,
            revision: self.revision,
            name: self.spec.natural_key(),
            spec,
            created: self.created,
            updated: self.updated,
        })
    }
}

impl<K: Kind> TryFrom<Document> for Resource<K> {
    type Error = Invalid;

    fn try_from(document: Document) -> Result<Self, Invalid> {
        if document.kind != K::NAME {
            return Err(Invalid::new("/kind", format!("must be {}", K::NAME)));
        }
        let Ok(id) = document.id.parse::<K::Id>() else {
            return Err(Invalid::new(
                "/id",
                format!("must be the id of a {}", K::NAME),
            ));
        };
        let spec = serde_json::from_value(document.spec)
            .map_err(|error| Invalid::new("", error.to_string()))?;
        Ok(Resource {
            id,
            owner: document.owner,
            revision: document.revision,
            spec,
            created: document.created,
            updated: document.updated,
        })
    }
}
