//! Rooms: what members of a conference are to each other, as the control half orders it.

use serde::{Deserialize, Serialize};

use crate::id::EndpointId;

/// A conference's number, drawn by whoever orders it: its members hear each other and nobody of
/// another number. All members are endpoints of one worker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RoomId(pub u128);

/// What a member may, and how loud it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seat {
    /// Nobody hears it.
    pub muted: bool,
    /// It hears nobody.
    pub deaf: bool,
    /// How loud it is for the others, in per cent of its own amplitude, at most 400.
    pub gain_percent: u16,
    /// The only member that hears it, where it is one of the same room; nobody hears it when that
    /// member is gone. `None`: everybody does.
    pub coaches: Option<EndpointId>,
}

impl Default for Seat {
    fn default() -> Seat {
        Seat {
            muted: false,
            deaf: false,
            gain_percent: 100,
            coaches: None,
        }
    }
}
