//! Who keeps what is recorded of an extension's calls.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who keeps what is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingKeeper {
    /// The exchange.
    #[default]
    Exchange,
    /// A recording server at the other end of a trunk that the company has for it (RFC 7866).
    Server,
    /// Both of them.
    Both,
}

impl RecordingKeeper {
    /// Whether the exchange keeps it.
    #[must_use]
    pub fn has_exchange(self) -> bool {
        match self {
            RecordingKeeper::Exchange | RecordingKeeper::Both => true,
            RecordingKeeper::Server => false,
        }
    }

    /// Whether a server does.
    #[must_use]
    pub fn has_server(self) -> bool {
        match self {
            RecordingKeeper::Server | RecordingKeeper::Both => true,
            RecordingKeeper::Exchange => false,
        }
    }
}
