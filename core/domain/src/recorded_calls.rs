//! Which calls of an extension are recorded.

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
