//! Handshakes of DTLS, by which browsers agree on the keys of sound (RFC 5764): `webrtc::Handshake`
//! over `dimpl`.
//!
//! It holds no socket and asks no clock for the time, but it draws randomness of its own for every
//! key, which is why it is here and not among the pure crates. DTLS 1.3 (RFC 9147) is spoken with
//! those who know it, 1.2 (RFC 6347) with the others; certificates are of ECDSA.
//!
//! A [`Node`] has one certificate, made anew with each process; of each leg there is an
//! [`Association`].

mod association;
mod clock;
mod node;
mod profile;

pub use association::{Association, MAX_DATAGRAM};
pub use node::{NoIdentity, Node};
