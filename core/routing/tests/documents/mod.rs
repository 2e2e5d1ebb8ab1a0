//! The documents of a company as they are asked about.

use domain::{Kind, Resource};
use machine::WallTime;
use serde_json::Value;
use tenancy::{Identified, Owner};

/// A valid document at revision 7.
pub(crate) fn resource<K: Kind>(
    owner: Owner,
    id: <K as Identified>::Id,
    spec: Value,
) -> Resource<K> {
    let mut spec: K = serde_json::from_value(spec).unwrap();
    spec.normalise();
    spec.validate().unwrap();
    Resource {
        id,
        owner,
        revision: 7,
        spec,
        created: WallTime::UNIX_EPOCH,
        updated: WallTime::UNIX_EPOCH,
    }
}
