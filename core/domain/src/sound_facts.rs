//! What is known of an uploaded sound.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came, and what is kept of it. Kept is always the same: one channel of 16 bits at 16 kHz.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SoundFacts {
    /// The form in which it came, such as `wave`, `flac`, `ogg` or `mp3`; `text` where words were
    /// spoken.
    #[schema(example = "wave")]
    pub format: String,
    /// Samples per second of what came.
    #[schema(example = 44_100)]
    pub rate: u32,
    /// Channels of what came.
    #[schema(example = 2)]
    pub channels: u32,
    /// How long it is, in milliseconds.
    #[schema(example = 30_000)]
    pub milliseconds: u64,
    /// Octets of what came.
    pub came_octets: u64,
    /// Octets of what is kept, 32,000 for each second.
    pub kept_octets: u64,
}
