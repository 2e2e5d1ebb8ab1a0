//! HEP, version 3: how a message that was seen elsewhere is told to a capture server.
//!
//! A packet is the word `HEP3`, its whole length, and chunks of vendor, type, length and value, all
//! numbers in network order ("HEP/EEP Network Protocol", §3). Chunks of vendor 0 are the common
//! ones; only those are written here.

mod chunk;
mod packet;

pub use packet::{Below, Packet, TooLong};

#[cfg(test)]
mod tests;
