//! A visit is noted because it took place: only narrowing makes the note, so it cannot be forged
//! in another's name.

use ids::TenantId;
use tenancy::{Actor, Narrowing};

fn main() {
    let _visit = Narrowing {
        tenant: TenantId::new(1, 1),
        actor: Actor::Operator,
    };
}
