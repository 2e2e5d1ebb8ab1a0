//! RTP and RTCP that nobody on the way can read or change (SRTP, RFC 3711): packets are protected
//! and unprotected in place, with keys that others have agreed on.
//!
//! Of each direction there is one master key. A [`Sender`] protects the packets of the one who made
//! that key, a [`Receiver`] unprotects them at the other end. Both know the packets of several
//! sources (SSRC) apart, count how often their sequence numbers have rolled over, and hold every
//! packet against those that went before it, so that none is taken twice and no key stream is used
//! twice. Counter mode is of RFC 3711 and RFC 6188, Galois/counter mode of RFC 7714; session keys
//! are derived once (a key derivation rate of 0), and there is no MKI.
//!
//! Nothing here allocates once it is constructed.

mod cipher;
mod derive;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod hex;
mod key;
mod key_stream;
mod packet;
mod place;
mod problem;
mod receiver;
mod sender;
mod stream;
mod suite;
mod window;

pub use cipher::{LONGEST_TRIED, MAX_GROWTH};
pub use key::MasterKey;
pub use packet::MAX_PACKET;
pub use problem::Problem;
pub use receiver::{MAX_ROLLOVERS_TRIED, Receiver};
pub use sender::Sender;
pub use stream::MAX_STREAMS;
pub use suite::Suite;
pub use window::WINDOW;
