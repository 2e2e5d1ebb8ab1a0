//! Only an account's scope can be narrowed; a tenant's own has nowhere to go.

use ids::TenantId;
use tenancy::TenantScope;

fn enter(scope: &TenantScope, other: TenantId) -> TenantScope {
    scope.narrow(other).0
}

fn main() {}
