//! Opus (RFC 6716): an encoder and a decoder over libopus, and how long a packet's sound is.
//!
//! Sound has one channel here; what comes in two is decoded to one. libopus keeps its own state in
//! memory and sees nothing else, but it computes in floating point, so that machines of different
//! kinds make slightly different sound. Whatever it refuses is a [`Problem`], never a panic.

mod decoder;
mod encoder;
mod packet;
mod problem;

pub use decoder::Decoder;
pub use encoder::{Encoder, Settings};
pub use packet::duration;
pub use problem::Problem;

/// RTP clock in Hz, whatever the sampling rate (RFC 7587 section 4.1).
pub const RTP_CLOCK: u32 = 48_000;

/// Milliseconds of the longest packet (RFC 6716 section 3.2.5).
pub const LONGEST_MS: usize = 120;

#[cfg(test)]
mod tests;
