//! What a document of any kind states to a store.

use tenancy::Account;

use crate::document::Document;
use crate::invalid::Invalid;
use crate::kind::{Kind, Reference, UniqueKey};
use crate::kinds::ForKind;

/// What a store must know about a document besides its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets {
    /// See [`Kind::natural_key`].
    pub natural_key: String,
    /// See [`Kind::unique_keys`].
    pub unique_keys: Vec<UniqueKey>,
    /// See [`Kind::references`].
    pub references: Vec<Reference>,
    /// See [`Kind::parent`].
    pub parent: Option<Account>,
}

/// Reads a document's spec as its kind, validates it, and tells what a store must know.
///
/// Stores call it on every write, so keys and references cannot disagree with the spec.
pub fn facets(document: &Document) -> Result<Facets, Invalid> {
    struct Task<'a>(&'a Document);
    impl ForKind for Task<'_> {
        type Output = Result<Facets, Invalid>;
        fn run<K: Kind>(self) -> Result<Facets, Invalid> {
            facets_of::<K>(self.0)
        }
    }
    document.kind.with(Task(document))
}

fn facets_of<K: Kind>(document: &Document) -> Result<Facets, Invalid> {
    if !K::NAME.is_id(&document.id) {
        return Err(Invalid::new(
            "/id",
            format!("must be the id of a {}", K::NAME),
        ));
    }
    let spec: K =
        K::deserialize(&document.spec).map_err(|error| Invalid::new("", error.to_string()))?;
    spec.validate()?;
    spec.validate_for(document.owner)?;
    let facets = Facets {
        natural_key: spec.natural_key(),
        unique_keys: spec.unique_keys(),
        references: spec.references(),
        parent: spec.parent(),
    };
    if document.name != facets.natural_key {
        return Err(Invalid::new("/name", "must be the natural key of the spec"));
    }
    Ok(facets)
}
