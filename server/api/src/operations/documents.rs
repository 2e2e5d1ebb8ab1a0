//! The operations on documents, made of their kinds.

mod describe;
pub(super) mod door;
mod handle;
mod sheets;

use domain::{ForKind, Kind, KindName, Place};

use crate::operation::Operation;
use door::{Door, OfAccount, OfReseller, OfTenant};

/// The operations that every kind has.
pub(super) fn operations(kind: KindName) -> Vec<Operation> {
    kind.with(Task)
}

/// The operations on the sheets of kinds: a company's where companies have them, else an
/// account's.
pub(super) fn sheets() -> Vec<Operation> {
    struct Task;
    impl ForKind for Task {
        type Output = Vec<Operation>;
        fn run<K: Kind>(self) -> Vec<Operation> {
            match K::PLACE {
                Place::Tenant | Place::Anywhere => sheets::operations::<K, OfTenant>(),
                Place::Account => sheets::operations::<K, OfAccount>(),
                Place::Itself => Vec::new(),
            }
        }
    }
    let all = KindName::ALL.into_iter().flat_map(|kind| kind.with(Task));
    all.map(|operation| operation.tag("Sheets")).collect()
}

struct Task;

impl ForKind for Task {
    type Output = Vec<Operation>;

    fn run<K: Kind>(self) -> Vec<Operation> {
        match K::PLACE {
            Place::Tenant => through::<K, OfTenant>(""),
            Place::Account | Place::Itself => through::<K, OfAccount>(""),
            Place::Anywhere => [
                through::<K, OfTenant>(OfTenant::LABEL),
                through::<K, OfAccount>(OfAccount::LABEL),
                through::<K, OfReseller>(OfReseller::LABEL),
            ]
            .concat(),
        }
    }
}

/// The operations on a kind through one door. `label` tells them apart by name where there are
/// several.
fn through<K: Kind, D: Door>(label: &str) -> Vec<Operation> {
    let operations = describe::operations::<K, D>(label).into_iter();
    operations
        .map(|operation| operation.tag(describe::tag::<K>()))
        .collect()
}
