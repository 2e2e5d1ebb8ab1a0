//! A scope keeps the tenant it was made for.

use ids::TenantId;
use tenancy::TenantScope;

fn turn(scope: &mut TenantScope, other: TenantId) {
    scope.tenant = other;
}

fn main() {}
