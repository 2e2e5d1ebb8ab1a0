//! What a client does against the rules of WebSockets, and what it is told.

/// What a client did against the rules. It is told the code and the connection is closed
/// (RFC 6455 §7.1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// Frames that cannot be.
    Protocol,
    /// A text that is no UTF-8 (RFC 6455 §8.1).
    NotUtf8,
    /// More than may be in one message.
    TooLong,
}

impl Violation {
    /// The code of its close frame (RFC 6455 §7.4.1).
    #[must_use]
    pub const fn close_code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::NotUtf8 => 1007,
            Self::TooLong => 1009,
        }
    }
}
