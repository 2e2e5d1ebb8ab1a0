//! Who has not shown a key is nobody.

use ids::{TenantId, TokenId};
use tenancy::Principal;

fn main() {
    let _principal = Principal {
        token: TokenId::new(1, 1),
        owner: TenantId::new(1, 2).into(),
    };
}
