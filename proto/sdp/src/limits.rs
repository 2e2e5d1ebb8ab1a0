//! The bounds of a session description. Each is a number of things, not a time.

/// Octets of one description. RFC 8866 names none; a UDP datagram is 65 535 at most and real
/// offers stay under 8 000.
pub const MAX_BYTES: usize = 16_384;

/// Lines of one description, blank ones not counted.
pub const MAX_LINES: usize = 512;

/// Octets of one line without its end.
pub const MAX_LINE_BYTES: usize = 2_048;

/// Media sections (`m=`) of one description.
pub const MAX_MEDIA: usize = 16;

/// Formats of one `m=` line; there are 128 RTP payload numbers (RFC 3551 section 6).
pub const MAX_FORMATS: usize = 128;
