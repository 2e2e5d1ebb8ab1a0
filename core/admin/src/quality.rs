//! Use cases of how calls sounded: from second to second, and summed up.

mod drawing;
mod summaries;

use domain::{Cdr, LegSound};

pub use drawing::draw;
pub use summaries::{
    NamedSummaries, NamedSummary, QUALITY_DAYS_MAX, QualityQuestion, TooLong, of_tenant, of_trunk,
};

/// How the legs of a recorded call sounded, in the order in which they were started.
#[must_use]
pub fn of(cdr: &Cdr) -> Vec<LegSound> {
    cdr.legs.iter().map(LegSound::from).collect()
}
