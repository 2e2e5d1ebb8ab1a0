//! The view of a recording. The key of its sound is never in it.

use domain::{Recording, RecordingState};
use ids::{CallId, RecordingId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// The recording of a call.
#[derive(Serialize, ToSchema)]
#[schema(as = CallRecording)]
pub(crate) struct RecordingView {
    /// Its id.
    #[schema(value_type = String)]
    id: RecordingId,
    /// The call's id.
    #[schema(value_type = String)]
    call: CallId,
    /// The number that is heard on the left.
    caller: String,
    /// The number that is heard on the right, as it was when the recording began.
    called: String,
    /// When its sound begins.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    began: WallTime,
    /// How long it is, in milliseconds; 0 while it runs.
    lasts_ms: u64,
    /// Octets of its sound as it is kept; 0 while it runs.
    octets: u64,
    /// Whether more is to come.
    #[schema(value_type = String)]
    state: RecordingState,
}

impl From<Recording> for RecordingView {
    fn from(recording: Recording) -> Self {
        RecordingView {
            id: recording.id,
            call: recording.call,
            caller: recording.caller,
            called: recording.called,
            began: recording.began,
            lasts_ms: recording.lasts_ms,
            octets: recording.octets,
            state: recording.state,
        }
    }
}
