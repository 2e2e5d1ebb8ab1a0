//! How calls are kept with whoever is at a trunk's other end: what carriers differ in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};

/// Shortest session interval, in seconds (RFC 4028 §4).
const SESSION_MIN: u32 = 90;
/// Longest session interval, in seconds.
const SESSION_MAX: u32 = 86_400;

/// Whether a carrier is asked to send provisional answers reliably (RFC 3262).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReliableAnswers {
    /// It is not asked.
    Never,
    /// It may.
    #[default]
    Supported,
    /// It must; a carrier that cannot refuses the call (420).
    Required,
}

/// How calls are kept with whoever is at a trunk's other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrunkDialogs {
    /// Whether sound passes before the answer, either way; without, callers hear that it rings.
    #[schema(default = true)]
    pub early_media: bool,
    /// Whether provisional answers are asked for reliably. What the other side requires is done in
    /// any case.
    #[schema(default = "supported")]
    pub reliable: ReliableAnswers,
    /// After how long a call without a refresh is over, 90 to 86,400 seconds; 0 asks for no
    /// refreshes, and takes part in none (RFC 4028).
    #[schema(default = 1_800, maximum = 86_400)]
    pub session_seconds: u32,
    /// Whether the other side may send its calls on (REFER), to where calls by the trunk may come.
    #[schema(default = false)]
    pub referrals: bool,
}

impl Default for TrunkDialogs {
    fn default() -> TrunkDialogs {
        TrunkDialogs {
            early_media: true,
            reliable: ReliableAnswers::Supported,
            session_seconds: 1_800,
            referrals: false,
        }
    }
}

impl TrunkDialogs {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let seconds = self.session_seconds;
        rule(
            seconds == 0 || (SESSION_MIN..=SESSION_MAX).contains(&seconds),
            "/dialogs/session_seconds",
            "must be 0, or 90 to 86400 seconds",
        )
    }
}
