//! A principal keeps the owner whose key it showed.

use tenancy::{Owner, Principal};

fn turn(principal: Principal) -> Principal {
    Principal {
        owner: Owner::PLATFORM,
        ..principal
    }
}

fn main() {}
