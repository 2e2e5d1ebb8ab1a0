//! An account's scope keeps the account it was made for.

use tenancy::{Account, AccountScope};

fn climb(mut scope: AccountScope) -> AccountScope {
    scope.account = Account::Platform;
    scope
}

fn main() {}
