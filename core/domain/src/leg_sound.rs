//! How one leg of a call sounded, told apart from all else that its record says.

use crate::cdr::{CdrLeg, LegDirection, Party};
use crate::phone_report::PhoneReports;
use crate::timeline::Timelines;

/// How one leg of a call sounded, and whose leg it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegSound {
    /// Which way the leg was set up.
    pub direction: LegDirection,
    /// Who is at its other end.
    pub party: Party,
    /// How it sounded.
    pub timelines: Timelines,
    /// What its telephone has told of it.
    pub reported: PhoneReports,
}

impl From<&CdrLeg> for LegSound {
    fn from(leg: &CdrLeg) -> Self {
        LegSound {
            direction: leg.direction,
            party: leg.party.clone(),
            timelines: leg.timelines.clone(),
            reported: leg.reported.clone(),
        }
    }
}
