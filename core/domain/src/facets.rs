//! What a document of any kind states to a store: one place knows all kinds.

use tenancy::Account;

use crate::device::Device;
use crate::document::Document;
use crate::extension::Extension;
use crate::invalid::Invalid;
use crate::kind::{Kind, KindName, Reference, UniqueKey};
use crate::plan::Plan;
use crate::reseller::Reseller;
use crate::tenant::Tenant;
use crate::webhook::Webhook;

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
    match document.kind {
        KindName::Reseller => facets_of::<Reseller>(document),
        KindName::Plan => facets_of::<Plan>(document),
        KindName::Tenant => facets_of::<Tenant>(document),
        KindName::Extension => facets_of::<Extension>(document),
        KindName::Device => facets_of::<Device>(document),
        KindName::Webhook => facets_of::<Webhook>(document),
    }
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
