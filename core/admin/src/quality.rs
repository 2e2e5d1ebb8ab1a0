//! Use cases of how calls sounded, from second to second.

mod drawing;

use domain::{Cdr, LegSound};

pub use drawing::draw;

/// How the legs of a recorded call sounded, in the order in which they were started.
#[must_use]
pub fn of(cdr: &Cdr) -> Vec<LegSound> {
    cdr.legs.iter().map(LegSound::from).collect()
}
