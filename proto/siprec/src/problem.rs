//! Why a document is not taken.

use std::fmt;

/// Why a document is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// It is longer than [`OCTETS_MAX`](crate::limits::OCTETS_MAX).
    TooLong,
    /// It is no UTF-8.
    NotText,
    /// It brings a document type or entities of its own.
    Forbidden,
    /// It is no well-formed XML.
    Malformed,
    /// Its elements are nested too deep.
    TooDeep,
    /// It has too many elements or attributes.
    TooMany,
    /// It is no `recording`.
    OtherDocument,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::TooLong => "metadata must be 64 KiB at most",
            Problem::NotText => "metadata must be UTF-8",
            Problem::Forbidden => "metadata must have no document type and no entities",
            Problem::Malformed => "metadata must be well-formed XML",
            Problem::TooDeep => "metadata must be nested 16 deep at most",
            Problem::TooMany => "metadata must have 2048 elements at most, of 16 attributes each",
            Problem::OtherDocument => "metadata must be a recording (RFC 7865)",
        })
    }
}

impl std::error::Error for Problem {}
