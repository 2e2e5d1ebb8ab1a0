//! Why octets are no datagram.

use std::fmt;

/// Why octets are no datagram of UDPTL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// They end too early.
    Short,
    /// A length that is written in fragments, or more earlier packets than
    /// [`MAX_REDUNDANCY`](crate::MAX_REDUNDANCY).
    TooLong,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Malformed::Short => "a datagram of UDPTL that ends too early",
            Malformed::TooLong => "a datagram of UDPTL with a length that no fax needs",
        })
    }
}

impl std::error::Error for Malformed {}
