//! An account's authority has private fields, too.

use tenancy::{Account, AccountScope, Actor};

fn main() {
    let _scope = AccountScope {
        account: Account::Platform,
        actor: Actor::Operator,
    };
}
