//! What an extension is like that is a conference.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};

/// The most members that a conference may have.
pub const CONFERENCE_MEMBERS_MAX: u16 = 1_000;

/// When a conference is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordedConference {
    /// Never.
    #[default]
    None,
    /// Whenever somebody is there.
    Always,
    /// When somebody asks for it.
    OnRequest,
}

/// What an extension is like that is a conference; of no meaning to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConferenceRule {
    /// How many may be there at one time, 2 to 1,000; whoever comes beyond that is refused.
    #[serde(default = "members_default")]
    #[schema(default = 50, minimum = 2, maximum = 1000)]
    pub most_members: u16,
    /// Whether whoever comes is muted at first.
    #[serde(default)]
    #[schema(default = false)]
    pub muted_at_first: bool,
    /// When it is recorded.
    #[serde(default)]
    #[schema(default = "none")]
    pub recording: RecordedConference,
}

fn members_default() -> u16 {
    50
}

impl Default for ConferenceRule {
    fn default() -> ConferenceRule {
        ConferenceRule {
            most_members: members_default(),
            muted_at_first: false,
            recording: RecordedConference::None,
        }
    }
}

impl ConferenceRule {
    pub(crate) fn validate(self) -> Result<(), Invalid> {
        rule(
            (2..=CONFERENCE_MEMBERS_MAX).contains(&self.most_members),
            "/conference/most_members",
            "must be 2 to 1,000",
        )
    }
}
