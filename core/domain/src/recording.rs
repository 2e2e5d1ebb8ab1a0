//! Recordings: what was said in a call, as it is found again. The sound itself lies on a shelf,
//! encrypted with a key that is kept here.

use std::fmt;

use ids::{CallId, RecordingId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether more is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// The call is being recorded.
    Running,
    /// Nothing more comes.
    Finished,
}

/// With what the sound of one recording is encrypted. It is kept sealed under its tenant's data
/// key, so that whoever erases that erases the sound.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingKey(pub [u8; 32]);

impl fmt::Debug for RecordingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordingKey")
    }
}

/// The recording of one call: two channels, the left of who calls and the right of who is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Its id.
    pub id: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// The number on the left.
    pub caller: String,
    /// The number on the right, as it was when the recording began.
    pub called: String,
    /// When its sound begins.
    #[serde(with = "machine::rfc3339")]
    pub began: WallTime,
    /// How long it is, in milliseconds; 0 while it runs.
    pub lasts_ms: u64,
    /// Octets on the shelf; 0 while it runs.
    pub octets: u64,
    /// Whether more is to come.
    pub state: RecordingState,
    /// The key of its sound.
    pub key: RecordingKey,
}
