//! Schedules, compiled: routes and toll guards share them.

use ids::ScheduleId;
use machine::WallTime;

use crate::schedule::{Hours, Schedule, Standing};

/// One schedule, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledSchedule {
    /// The id.
    pub id: ScheduleId,
    /// Revision of its document.
    pub revision: u64,
    /// What its document says.
    pub spec: Schedule,
    /// What the texts of the document say; `None` where they say nothing, which no store keeps.
    hours: Option<Hours>,
}

impl CompiledSchedule {
    /// Compiles a schedule.
    pub(super) fn new(id: ScheduleId, revision: u64, spec: Schedule) -> Self {
        CompiledSchedule {
            id,
            revision,
            hours: spec.hours().ok(),
            spec,
        }
    }

    /// How it stands at a moment.
    pub fn standing(&self, at: WallTime) -> Standing {
        let standing = self.hours.as_ref().map(|hours| hours.standing(at));
        standing.unwrap_or(Standing::Closed)
    }
}
