//! The view of a recording. The key of its sound is never in it.

use domain::{RecordedSides, Recording, RecordingState};
use ids::{CallId, ExtensionId, RecordingId, TrunkId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// The recording of a call, or of a conference.
#[derive(Serialize, ToSchema)]
#[schema(as = CallRecording)]
pub(crate) struct RecordingView {
    /// Its id.
    #[schema(value_type = String)]
    id: RecordingId,
    /// The call's id; of a conference that of the member with which it began.
    #[schema(value_type = String)]
    call: CallId,
    /// What is recorded: `call` (two who talk with each other), `conference`, or `client` (a call
    /// of another exchange, which has sent it: SIPREC, RFC 7866).
    source: String,
    /// The id of the extension that is the conference; null where it is of a call.
    #[schema(value_type = Option<String>)]
    conference: Option<ExtensionId>,
    /// The id of the trunk by which a recording client has sent it; null where none has. The call's
    /// id is one of its own then, of which there is no record.
    #[schema(value_type = Option<String>)]
    client: Option<TrunkId>,
    /// The number of who called; of a conference that of the member with which it began.
    caller: String,
    /// The number of who was called, as it was when the recording began; or that of the conference.
    called: String,
    /// The numbers of those who were in the conference while it was recorded, at most 1,000; of one
    /// that a recording client has sent, the names and addresses of all who took part; empty for a
    /// call.
    members: Vec<String>,
    /// Whose voice it has: `stereo` (both, on the left who called and on the right who was called),
    /// `both` (mixed into one channel), `caller` or `called` (that one alone).
    #[schema(value_type = String)]
    sides: RecordedSides,
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
    /// Whether it runs and nothing goes there for now.
    paused: bool,
}

/// What is recorded.
fn source(recording: &Recording) -> &'static str {
    match (recording.conference, recording.client) {
        (Some(_), _) => "conference",
        (None, Some(_)) => "client",
        (None, None) => "call",
    }
}

impl From<Recording> for RecordingView {
    fn from(recording: Recording) -> Self {
        RecordingView {
            id: recording.id,
            call: recording.call,
            source: source(&recording).to_owned(),
            conference: recording.conference,
            client: recording.client,
            caller: recording.caller,
            called: recording.called,
            members: recording.members,
            sides: recording.sides,
            began: recording.began,
            lasts_ms: recording.lasts_ms,
            octets: recording.octets,
            state: recording.state,
            paused: recording.paused,
        }
    }
}
