//! Authority has private fields: nobody writes it down for a tenant of their choice.

use ids::TenantId;
use tenancy::{Actor, TenantScope};

fn main() {
    let _scope = TenantScope {
        tenant: TenantId::new(1, 1),
        actor: Actor::Operator,
    };
}
