//! Nothing leads from a tenant's scope to the platform's.

use tenancy::{PlatformScope, TenantScope};

fn climb(scope: &TenantScope) -> Option<PlatformScope> {
    scope.platform()
}

fn main() {}
