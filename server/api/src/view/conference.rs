//! The views of conferences.

use ids::{CallId, ExtensionId};
use machine::WallTime;
use ports::{LiveConference, LiveMember, Seat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::LiveRecordingView;

/// What a member of a conference may, and how loud it is. What is left out is as for whoever comes.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = Seat)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeatView {
    /// Nobody hears it.
    #[serde(default)]
    #[schema(default = false)]
    muted: bool,
    /// It hears nobody.
    #[serde(default)]
    #[schema(default = false)]
    deaf: bool,
    /// How loud it is for the others, in per cent of its own, at most 400.
    #[serde(default = "as_it_is")]
    #[schema(default = 100, maximum = 400)]
    pub(crate) gain_percent: u16,
    /// The id of the call of the only member that hears it: so somebody is told what to say. Null
    /// where all hear it. Once that member has left, nobody does.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    coaches: Option<CallId>,
}

fn as_it_is() -> u16 {
    Seat::default().gain_percent
}

impl From<Seat> for SeatView {
    fn from(seat: Seat) -> Self {
        SeatView {
            muted: seat.muted,
            deaf: seat.deaf,
            gain_percent: seat.gain_percent,
            coaches: seat.coaches,
        }
    }
}

impl From<SeatView> for Seat {
    fn from(seat: SeatView) -> Self {
        Seat {
            muted: seat.muted,
            deaf: seat.deaf,
            gain_percent: seat.gain_percent,
            coaches: seat.coaches,
        }
    }
}

/// One member of a conference.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberView {
    /// The id of its call; by that it is named.
    #[schema(value_type = String)]
    call: CallId,
    /// Its number.
    number: String,
    /// Its name.
    display: String,
    /// Since when it is there.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    joined: WallTime,
    /// What it may.
    seat: SeatView,
    /// Whether it is one of those that are heard now.
    heard: bool,
}

impl From<LiveMember> for MemberView {
    fn from(member: LiveMember) -> Self {
        MemberView {
            call: member.call,
            number: member.number,
            display: member.display,
            joined: member.joined,
            seat: member.seat.into(),
            heard: member.heard,
        }
    }
}

/// A conference in which there is somebody.
#[derive(Serialize, ToSchema)]
#[schema(as = Conference)]
pub(crate) struct ConferenceView {
    /// The id of the extension that it is.
    #[schema(value_type = String)]
    extension: ExtensionId,
    /// The number by which it is called.
    number: String,
    /// Its name.
    display: String,
    /// How many may be there.
    most_members: u16,
    /// Since when somebody is there.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    began: WallTime,
    /// The id of the call of the member that has the floor: it was the loudest for a while. Null
    /// where nobody has spoken yet, or who has spoken last has left.
    #[schema(value_type = Option<String>)]
    floor: Option<CallId>,
    /// Its recording; null where there is none, or it has ended.
    recording: Option<LiveRecordingView>,
    /// Who is there, in the order in which they came.
    members: Vec<MemberView>,
}

impl From<LiveConference> for ConferenceView {
    fn from(conference: LiveConference) -> Self {
        ConferenceView {
            extension: conference.extension,
            number: conference.number,
            display: conference.display,
            most_members: conference.most_members,
            began: conference.began,
            floor: conference.floor,
            recording: conference.recording.map(LiveRecordingView::from),
            members: conference.members.into_iter().map(Into::into).collect(),
        }
    }
}
