//! Only a look-up says that somebody lies below an account.

use ids::TenantId;
use tenancy::{Account, Below};

fn main() {
    let _below = Below {
        seen_from: Account::Platform,
        id: TenantId::new(1, 1),
    };
}
