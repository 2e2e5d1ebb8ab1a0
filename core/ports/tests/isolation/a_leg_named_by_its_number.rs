//! A leg is named by the call that opened it, never by a number from elsewhere.

use call::LegId;

fn main() {
    let _leg = LegId(1);
}
