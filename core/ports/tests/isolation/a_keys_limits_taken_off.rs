//! A key with limits keeps them: nothing takes them off again.

use tenancy::{KeyLimits, Principal};

fn widen(mut principal: Principal) -> Principal {
    principal.limits = KeyLimits::default();
    principal
}

fn main() {}
