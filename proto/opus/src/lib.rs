//! Opus (RFC 6716): an encoder and a decoder over libopus, and how long a packet's sound is.
//!
//! Sound has one channel, or two where that is asked for; a decoder gives as many as it was made
//! for, whatever comes. libopus keeps its own state in memory and sees nothing else, but it
//! computes in floating point, so that machines of different kinds make slightly different sound.
//! Whatever it refuses is a [`Problem`], never a panic.

mod channels;
mod decoder;
mod encoder;
mod packet;
mod problem;

pub use channels::Channels;
pub use decoder::Decoder;
pub use encoder::{Encoder, Settings};
pub use packet::duration;
pub use problem::Problem;

/// RTP clock in Hz, whatever the sampling rate (RFC 7587 section 4.1).
pub const RTP_CLOCK: u32 = 48_000;

/// Milliseconds of the longest packet (RFC 6716 section 3.2.5).
pub const LONGEST_MS: usize = 120;

/// By how much decoded sound lies behind what was encoded, in samples at [`RTP_CLOCK`]: what
/// libopus looks ahead, 6.5 ms.
pub const LOOK_AHEAD: u32 = 312;

#[cfg(test)]
mod tests;
