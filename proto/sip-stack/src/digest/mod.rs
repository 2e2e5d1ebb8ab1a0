//! Digest access authentication for SIP (RFC 3261 §22, RFC 7616, RFC 8760).
//!
//! [`Authenticator`] challenges and verifies without memory of the challenges it gave: a nonce
//! carries its time and a code of authenticity. Only nonces that were used rightly take a place
//! in a bounded table, so that a captured answer cannot be used again. [`answer`] is the client's
//! side, and [`Login`] a client that remembers what it was asked.

mod algorithm;
mod authenticator;
mod client;
mod login;
mod nonce;
mod replay;
#[cfg(test)]
mod tests;

pub use algorithm::{Algorithm, Digests};
pub use authenticator::{Authenticator, Judgement, Known, Settings, Verdict};
pub use client::{Account, Password, answer};
pub use login::{Login, MAX_ANSWERS};
