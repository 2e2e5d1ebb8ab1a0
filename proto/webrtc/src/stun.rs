//! The messages by which ways are checked (STUN, RFC 8489), as much of them as ICE uses: requests
//! of the method Binding, and what they are answered with.

mod attribute;
mod crc;
mod integrity;
mod mapped;
mod message;
mod transaction;
mod writer;

pub use attribute::{
    ERROR_CODE, FINGERPRINT, ICE_CONTROLLED, ICE_CONTROLLING, MESSAGE_INTEGRITY, PRIORITY,
    SOFTWARE, UNKNOWN_ATTRIBUTES, USE_CANDIDATE, USERNAME, XOR_MAPPED_ADDRESS,
};
pub use message::{BINDING, Class, MAX_ATTRIBUTES, MAX_MESSAGE, Message};
pub use transaction::Transaction;
pub use writer::Writer;

/// Octets of a header.
const HEADER: usize = 20;

/// Stands in every header (RFC 8489 section 5).
const COOKIE: u32 = 0x2112_a442;

#[cfg(test)]
mod tests;
