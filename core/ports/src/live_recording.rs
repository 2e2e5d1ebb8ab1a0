//! The recordings of this moment, and what is wished of them.

use domain::{RecordedSides, RecordingKeeper};
use ids::RecordingId;
use serde::{Deserialize, Serialize};

/// What is wished of the recording of a live call, or of a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingWish {
    /// The call is recorded from now on, of one that begins with whose voice; as its extensions
    /// have it where nothing is said.
    On(Option<RecordedSides>),
    /// What is said is not recorded until it is on again; the time is silent in the recording.
    Paused,
    /// The recording ends.
    Off,
}

/// The recording of a live call, or of a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveRecording {
    /// Which.
    pub id: RecordingId,
    /// Whose voice is kept.
    pub sides: RecordedSides,
    /// Who keeps it; what the exchange does not keep is not found by the id.
    pub kept_by: RecordingKeeper,
    /// Nothing goes there for now.
    pub paused: bool,
}
