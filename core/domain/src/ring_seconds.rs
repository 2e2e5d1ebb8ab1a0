//! How long phones ring, in seconds.

/// The least that can be set.
pub const RING_SECONDS_MIN: u16 = 5;
/// The most that can be set.
pub const RING_SECONDS_MAX: u16 = 300;
/// Of an extension that says nothing.
pub const RING_SECONDS_DEFAULT: u16 = 30;
