//! Which calls of an extension are recorded, and who may have one recorded.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// Whether both sides hear a short tone when the recording of a call begins.
    #[serde(default = "beeps")]
    #[schema(default = true)]
    pub beep: bool,
}

fn beeps() -> bool {
    true
}

impl Default for RecordingRule {
    fn default() -> RecordingRule {
        RecordingRule {
            calls: RecordedCalls::None,
            by_phone: false,
            beep: beeps(),
        }
    }
}
