//! Who has not shown a key is nobody.

use ids::{TenantId, TokenId};
use tenancy::Principal;

fn main() {
    let _principal = Principal {
        actor: tenancy::Actor::Token(TokenId::new(1, 1)),
        owner: TenantId::new(1, 2).into(),
        limits: tenancy::KeyLimits::default(),
    };
}
