//! Sounds that companies bring along, understood: whatever form they come in, kept is one channel
//! of 16 bits at 16 kHz, as loud as others.
//!
//! What is read comes from strangers. Decoders here work on octets in memory, for a bounded time,
//! give a bounded number of samples, and where one breaks, that is told as a damaged sound.

mod level;
mod live;
mod rate;
mod reader;
#[cfg(test)]
mod tests;

pub use live::LiveSound;
pub use reader::{Bounds, Reader};
