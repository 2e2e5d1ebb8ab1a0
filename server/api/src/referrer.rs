//! The view of a document that refers to another.

use domain::Referrer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A document that refers to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Referrer)]
pub struct ReferrerView {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What names it in paths, such as a number or a user name.
    pub name: String,
    /// JSON pointer to the field that refers (RFC 6901); `/owner` for what lies inside of what
    /// should be deleted.
    pub field: String,
}

impl From<Referrer> for ReferrerView {
    fn from(referrer: Referrer) -> Self {
        ReferrerView {
            kind: referrer.kind.as_str().to_owned(),
            id: referrer.id,
            name: referrer.name,
            field: referrer.field,
        }
    }
}
