//! An account enters a tenant that it found below itself, not one whose id it knows.

use ids::TenantId;
use tenancy::{AccountScope, TenantScope};

fn enter(scope: &AccountScope, tenant: TenantId) -> Option<TenantScope> {
    scope.narrow(tenant).map(|(scope, _)| scope)
}

fn main() {}
