//! Who hears whom is a call's own affair: nobody outside joins legs, least of all two calls'.

use call::{Call, LegId};

fn join(one: &mut Call, mine: LegId, theirs: LegId) {
    one.join(mine, theirs);
}

fn main() {}
