//! The operations on documents, made of their kinds.

mod describe;
mod door;
mod handle;

use domain::{ForKind, Kind, KindName, Place};
use tenancy::{AccountScope, TenantScope};

use crate::operation::Operation;
use door::Door;

/// The operations that every kind has.
pub(super) fn operations(kind: KindName) -> Vec<Operation> {
    kind.with(Task)
}

struct Task;

impl ForKind for Task {
    type Output = Vec<Operation>;

    fn run<K: Kind>(self) -> Vec<Operation> {
        match K::PLACE {
            Place::Tenant => through::<K, TenantScope>(""),
            Place::Account | Place::Itself => through::<K, AccountScope>(""),
            Place::Anywhere => [
                through::<K, TenantScope>(""),
                through::<K, AccountScope>("Account"),
            ]
            .concat(),
        }
    }
}

/// The operations on a kind within one sort of scope. `label` tells them apart by name where
/// there are several.
fn through<K: Kind, D: Door>(label: &str) -> Vec<Operation> {
    let operations = describe::operations::<K, D>(label).into_iter();
    operations
        .map(|operation| operation.tag(describe::tag::<K>()))
        .collect()
}
