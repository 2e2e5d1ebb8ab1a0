//! An account goes down to a reseller that it found below itself, not to one whose id it knows.

use ids::ResellerId;
use tenancy::AccountScope;

fn descend(scope: &AccountScope, reseller: ResellerId) -> Option<AccountScope> {
    scope.descend(reseller)
}

fn main() {}
