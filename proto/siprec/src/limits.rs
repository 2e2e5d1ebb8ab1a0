//! The bounds of what is read.

/// Octets of a document at most.
pub const OCTETS_MAX: usize = 64 * 1_024;

/// Elements within elements at most.
pub const DEPTH_MAX: usize = 16;

/// Elements of a document at most.
pub const ELEMENTS_MAX: usize = 2_048;

/// Attributes of an element at most.
pub const ATTRIBUTES_MAX: usize = 16;

/// Participants, sessions, streams or voices of [`Metadata`](crate::Metadata) at most, each; what
/// comes beyond them is left out.
pub const ENTRIES_MAX: usize = 64;

/// Characters of a name, an address or an id at most; longer ones are cut.
pub const TEXT_MAX: usize = 256;
