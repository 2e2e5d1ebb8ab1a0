//! Which calls of an extension are recorded, and who may have one recorded.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::recorded_sides::RecordedSides;
use crate::recording_keeper::RecordingKeeper;
use crate::recording_notice::{NoticeTo, RecordingNotice};

/// Which calls of an extension are recorded, from the moment they are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordedCalls {
    /// None, unless somebody asks for it during the call.
    #[default]
    None,
    /// Those that come or go by a trunk.
    External,
    /// All.
    All,
}

impl RecordedCalls {
    /// Whether a call is among them; `external` where it comes or goes by a trunk.
    #[must_use]
    pub fn has(self, external: bool) -> bool {
        match self {
            RecordedCalls::None => false,
            RecordedCalls::External => external,
            RecordedCalls::All => true,
        }
    }
}

/// How it stands with recordings of an extension's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingRule {
    /// Which calls are recorded without being asked; of a call of two extensions those that either
    /// names.
    #[serde(default)]
    #[schema(default = "none")]
    pub calls: RecordedCalls,
    /// Whether its phones may have a call recorded with the key they have for it, and end what was
    /// begun so.
    #[serde(default)]
    #[schema(default = false)]
    pub by_phone: bool,
    /// Whose voice is kept, and in which channels.
    #[serde(default)]
    #[schema(default = "stereo")]
    pub sides: RecordedSides,
    /// Who keeps it: the exchange, a recording server that a trunk of the company leads to (SIPREC,
    /// RFC 7866), or both. A server is sent both sides, each by itself, whatever `sides` says.
    #[serde(default)]
    #[schema(default = "exchange")]
    pub kept_by: RecordingKeeper,
    /// What is heard when a recording begins: nothing, a short tone, or words that say it, and
    /// then the recording begins behind them.
    #[serde(default, alias = "beep")]
    #[schema(default = "beep")]
    pub announce: RecordingNotice,
    /// Who hears it.
    #[serde(default)]
    #[schema(default = "all")]
    pub announce_to: NoticeTo,
    /// After how many seconds they hear the tone again and again while it is recorded, 10 to 600;
    /// 0 for never.
    #[serde(default)]
    #[schema(default = 0, maximum = 600)]
    pub beep_every: u16,
}

/// Seconds between two tones at least.
const BEEP_EVERY_MIN: u16 = 10;

/// Seconds between two tones at most.
const BEEP_EVERY_MAX: u16 = 600;

impl Default for RecordingRule {
    fn default() -> RecordingRule {
        RecordingRule {
            calls: RecordedCalls::None,
            by_phone: false,
            sides: RecordedSides::default(),
            kept_by: RecordingKeeper::default(),
            announce: RecordingNotice::default(),
            announce_to: NoticeTo::default(),
            beep_every: 0,
        }
    }
}

impl RecordingRule {
    pub(crate) fn validate(self) -> Result<(), Invalid> {
        let seconds = self.beep_every;
        rule(
            seconds == 0 || (BEEP_EVERY_MIN..=BEEP_EVERY_MAX).contains(&seconds),
            "/recording/beep_every",
            "must be 0, or 10 to 600 seconds",
        )
    }
}
