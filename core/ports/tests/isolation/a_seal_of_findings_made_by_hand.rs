//! The seal with which look-ups certify what they found cannot be cut by others.

use tenancy::Locator;

fn main() {
    let _seal = Locator(());
}
