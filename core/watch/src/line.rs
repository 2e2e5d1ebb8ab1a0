//! One line of an extension: its part in one call.

use event_package::{DialogState, Side};
use ids::CallId;
use std::fmt;

/// A line's name: the call, and the leg within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineName {
    /// The call.
    pub call: CallId,
    /// The leg's number.
    pub leg: u8,
}

impl fmt::Display for LineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.call, self.leg)
    }
}

/// What one line does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub name: LineName,
    /// Whether its extension called or was called.
    pub side: Side,
    /// How far it has come.
    pub state: DialogState,
    /// Whether it has put the other party on hold.
    pub holds: bool,
    /// Number of the other party.
    pub number: String,
    /// Name of the other party; may be empty.
    pub display: String,
}
