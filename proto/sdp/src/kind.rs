//! The two kinds of stream that pass between parties.

use serde::{Deserialize, Serialize};

/// What a stream carries, as the first word of its `m=` line says (RFC 8866 section 5.14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Sound.
    #[default]
    Audio,
    /// Moving pictures.
    Video,
}

impl Kind {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}
