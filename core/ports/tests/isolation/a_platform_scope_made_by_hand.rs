//! The operator's authority has private fields too.

use tenancy::{Actor, PlatformScope};

fn main() {
    let _scope = PlatformScope {
        actor: Actor::Operator,
    };
}
