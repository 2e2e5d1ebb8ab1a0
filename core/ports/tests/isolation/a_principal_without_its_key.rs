//! Who has not shown a key is nobody.

use ids::{TenantId, TokenId};
use tenancy::{Principal, Role};

fn main() {
    let _principal = Principal {
        token: TokenId::new(1, 1),
        role: Role::Tenant(TenantId::new(1, 2)),
    };
}
