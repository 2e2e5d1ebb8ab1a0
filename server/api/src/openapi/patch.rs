//! The schema of a merge patch: that of the thing itself, with nothing required.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::operation::Schemas;

/// The name of the schema of a merge patch of what has this schema.
pub(super) fn name(of: &str) -> String {
    format!("{}Patch", of.strip_suffix("Spec").unwrap_or(of))
}

/// The schema of a merge patch of what has the schema of this name.
pub(super) fn of(name: &str, all: &Schemas) -> RefOr<Schema> {
    let found = all.iter().find(|(known, _)| known == name);
    match found {
        Some((_, RefOr::T(Schema::Object(object)))) => {
            let mut patch = object.clone();
            patch.required.clear();
            patch.description = Some("A JSON merge patch (RFC 7396): null resets a member.".into());
            RefOr::T(Schema::Object(patch))
        }
        Some((_, other)) => other.clone(),
        None => RefOr::T(Schema::default()),
    }
}
