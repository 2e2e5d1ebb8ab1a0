//! Whose voice is kept of a call, and in which channels.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose voice is in a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordedSides {
    /// Both, in two channels: on the left who called, on the right who was called.
    #[default]
    Stereo,
    /// Both, mixed into one channel.
    Both,
    /// Who called, alone.
    Caller,
    /// Who was called, alone.
    Called,
}

impl RecordedSides {
    /// How many channels that makes.
    #[must_use]
    pub fn channels(self) -> u8 {
        match self {
            RecordedSides::Stereo => 2,
            RecordedSides::Both | RecordedSides::Caller | RecordedSides::Called => 1,
        }
    }

    /// Whether who called is heard.
    #[must_use]
    pub fn has_caller(self) -> bool {
        self != RecordedSides::Called
    }

    /// Whether who was called is heard.
    #[must_use]
    pub fn has_called(self) -> bool {
        self != RecordedSides::Caller
    }
}
