//! The conferences of this moment, and what each member may.

use ids::{CallId, ExtensionId};
use machine::WallTime;
use serde::{Deserialize, Serialize};

use crate::live_recording::LiveRecording;

/// What a member of a conference may, and how loud it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Nobody hears it.
    pub muted: bool,
    /// It hears nobody.
    pub deaf: bool,
    /// How loud it is for the others, in per cent, at most [`Seat::MOST_GAIN`].
    pub gain_percent: u16,
    /// The call of the only member that hears it; `None` where all do. Once that one has left,
    /// nobody hears it.
    pub coaches: Option<CallId>,
}

impl Seat {
    /// The highest gain, per cent: 12 dB.
    pub const MOST_GAIN: u16 = 400;
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

/// One member of a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveMember {
    /// Its call; by that it is named.
    pub call: CallId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub display: String,
    /// Since when it is there.
    pub joined: WallTime,
    /// What it may.
    pub seat: Seat,
    /// Whether it is one of those that are heard now.
    pub heard: bool,
}

/// A conference in which there is somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveConference {
    /// The extension that it is.
    pub extension: ExtensionId,
    /// The number by which it is called.
    pub number: String,
    /// Its name.
    pub display: String,
    /// How many may be there.
    pub most_members: u16,
    /// Since when somebody is there.
    pub began: WallTime,
    /// The call of the member that has the floor: it was the loudest for a while.
    pub floor: Option<CallId>,
    /// Its recording, while there is one.
    pub recording: Option<LiveRecording>,
    /// Who is there, in the order in which they came.
    pub members: Vec<LiveMember>,
}
