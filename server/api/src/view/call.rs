//! The views of a live call.

use domain::{RecordedSides, RecordingKeeper};
use ids::{CallId, DeviceId, RecordingId};
use machine::WallTime;
use ports::{LiveCall, LiveLeg, LiveRecording, RecordingWish, Why};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One leg of a live call.
#[derive(Serialize, ToSchema)]
#[schema(as = Leg)]
pub(crate) struct LegView {
    /// Its number in the call, from 0.
    leg: u8,
    /// The id of the device at its end.
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// Its number.
    number: String,
    /// Its name.
    display: String,
    /// `incoming` or `outgoing`, seen from the exchange.
    direction: String,
    /// `calling`, `dialled`, `ringing`, `up` or `closed`.
    state: String,
    /// Whether its party has put the other on hold.
    holding: bool,
    /// The codec in use.
    codec: Option<String>,
    /// The suite by which its sound is protected; null where it is plain.
    srtp: Option<String>,
    /// What the device calls itself.
    user_agent: String,
}

impl From<LiveLeg> for LegView {
    fn from(leg: LiveLeg) -> Self {
        LegView {
            leg: leg.leg,
            device: leg.device,
            number: leg.number,
            display: leg.display,
            direction: leg.direction,
            state: leg.state,
            holding: leg.holding,
            codec: leg.codec,
            srtp: leg.srtp,
            user_agent: leg.user_agent,
        }
    }
}

/// A reason.
#[derive(Serialize, ToSchema)]
#[schema(as = Reason)]
pub(crate) struct ReasonView {
    /// Stable name of the rule.
    #[schema(example = "extension.devices")]
    rule: String,
    /// The fact that made it apply.
    because: String,
}

impl From<Why> for ReasonView {
    fn from(why: Why) -> Self {
        ReasonView {
            rule: why.rule,
            because: why.because,
        }
    }
}

/// What is wished of the recording of a live call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordingSwitch {
    /// It is recorded.
    On,
    /// It is not until it is on again.
    Paused,
    /// The recording ends.
    Off,
}

impl From<NewCallRecording> for RecordingWish {
    fn from(wish: NewCallRecording) -> Self {
        match wish.state {
            RecordingSwitch::On => RecordingWish::On(wish.sides),
            RecordingSwitch::Paused => RecordingWish::Paused,
            RecordingSwitch::Off => RecordingWish::Off,
        }
    }
}

/// The recording of a live call, as it is wished.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCallRecording {
    /// What is wished.
    pub(crate) state: RecordingSwitch,
    /// Whose voice is kept of a recording that begins: `stereo`, `both`, `caller` or `called`; as
    /// the extension of the caller has it, or else of the called, where nothing is said.
    #[serde(default)]
    pub(crate) sides: Option<RecordedSides>,
}

/// The recording of a live call, or of a conference.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveRecording)]
pub(crate) struct LiveRecordingView {
    /// The id of the recording.
    #[schema(value_type = String)]
    id: RecordingId,
    /// `on` or `paused`.
    state: RecordingSwitch,
    /// Whose voice is kept: `stereo`, `both`, `caller` or `called`.
    #[schema(value_type = String)]
    sides: RecordedSides,
    /// Who keeps it: `exchange`, `server` or `both`; what the exchange does not keep is not found
    /// by the id.
    #[schema(value_type = String)]
    kept_by: RecordingKeeper,
}

impl From<LiveRecording> for LiveRecordingView {
    fn from(recording: LiveRecording) -> Self {
        LiveRecordingView {
            id: recording.id,
            sides: recording.sides,
            kept_by: recording.kept_by,
            state: match recording.paused {
                true => RecordingSwitch::Paused,
                false => RecordingSwitch::On,
            },
        }
    }
}

/// A live call.
#[derive(Serialize, ToSchema)]
#[schema(as = Call)]
pub(crate) struct CallView {
    /// The id.
    #[schema(value_type = String, example = "cal_01hg5z3r8k0000000000000000")]
    id: CallId,
    /// The caller's number.
    caller: String,
    /// What was dialled.
    dialled: String,
    /// `ringing`, `talking` or `transferring`.
    state: String,
    /// Since when.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    started: WallTime,
    /// Since when it is being talked.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    answered: Option<WallTime>,
    /// Its recording, or that of the conference that it attends; null where there is none, or it
    /// has ended.
    recording: Option<LiveRecordingView>,
    /// Its legs, ended ones included.
    legs: Vec<LegView>,
    /// Why it is where it is, oldest reason first.
    why: Vec<ReasonView>,
}

impl From<LiveCall> for CallView {
    fn from(call: LiveCall) -> Self {
        CallView {
            id: call.id,
            caller: call.caller,
            dialled: call.dialled,
            state: call.state,
            started: call.started,
            answered: call.answered,
            recording: call.recording.map(LiveRecordingView::from),
            legs: call.legs.into_iter().map(LegView::from).collect(),
            why: call.why.into_iter().map(ReasonView::from).collect(),
        }
    }
}

/// Why a live call is where it is.
#[derive(Serialize, ToSchema)]
#[schema(as = CallReasons)]
pub(crate) struct CallReasonsView {
    /// The call's id.
    #[schema(value_type = String)]
    call: CallId,
    /// `ringing`, `talking` or `transferring`.
    state: String,
    /// The reasons, oldest first.
    why: Vec<ReasonView>,
}

impl From<LiveCall> for CallReasonsView {
    fn from(call: LiveCall) -> Self {
        CallReasonsView {
            call: call.id,
            state: call.state,
            why: call.why.into_iter().map(ReasonView::from).collect(),
        }
    }
}
