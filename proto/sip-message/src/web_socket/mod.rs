//! WebSockets that carry SIP (RFC 6455, RFC 7118): octets in, messages out, and no socket.
//!
//! A peer first sends a request of HTTP, which [`Opening`] reads and answers. From then on both
//! sides send frames: [`Assembly`] puts those of the peer together, [`encode`] makes ours. There
//! are no extensions, so what a frame holds is what was sent.
//!
//! ```
//! use sip_message::web_socket::{Assembly, Opcode, Piece, encode};
//!
//! let mut assembly = Assembly::new(65_535);
//! assembly.push(&encode(Opcode::Ping, b"still there?", Some([1, 2, 3, 4])));
//! assert_eq!(assembly.next(), Some(Ok(Piece::Ping(b"still there?"[..].into()))));
//! ```

mod assembly;
mod frame;
mod opening;
mod origins;
mod refusal;
mod request;
mod violation;

pub use assembly::{Assembly, Piece};
pub use frame::{Opcode, close, encode};
pub use opening::{Accepted, Opening};
pub use origins::Origins;
pub use refusal::Refusal;
pub use request::SUB_PROTOCOL;
pub use violation::Violation;

#[cfg(test)]
mod tests;
