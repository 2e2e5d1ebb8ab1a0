//! Whether a telephone's calls may have video.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether video may go beside the sound of a device's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Video {
    /// It may, with whoever shows and sees it.
    #[default]
    Allow,
    /// It may not: what is offered is answered with port 0, and nothing is offered.
    Refuse,
}

impl Video {
    /// Whether it may.
    pub const fn is_allowed(self) -> bool {
        match self {
            Video::Allow => true,
            Video::Refuse => false,
        }
    }
}
