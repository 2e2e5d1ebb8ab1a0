//! Who refers to a document.

use crate::kind_name::KindName;

/// A document that refers to another, and where it does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Referrer {
    /// Its kind.
    pub kind: KindName,
    /// Its id.
    pub id: String,
    /// Its natural key: what people call it.
    pub name: String,
    /// JSON pointer to the field that refers (RFC 6901); `/owner` for what lies inside.
    pub field: String,
}
