//! What libopus refuses.

use std::fmt;

use opusic_c::ErrorCode;

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// It is no Opus packet.
    Malformed,
    /// A frame is none of 10, 20, 40 and 60 ms, or there is no room for what comes of it.
    Size,
    /// libopus has failed by itself.
    Library,
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidPacket => Self::Malformed,
            ErrorCode::BufferTooSmall | ErrorCode::BadArg => Self::Size,
            ErrorCode::Ok
            | ErrorCode::AllocFail
            | ErrorCode::InvalidState
            | ErrorCode::Internal
            | ErrorCode::Unimplemented
            | ErrorCode::Unknown => Self::Library,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is no Opus packet",
            Self::Size => "its length does not fit",
            Self::Library => "libopus has failed",
        })
    }
}

impl std::error::Error for Problem {}
