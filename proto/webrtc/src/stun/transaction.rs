//! The name of one exchange of messages (RFC 8489 section 5).

/// Which request an answer belongs to; drawn at random by the asker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transaction(pub [u8; 12]);
