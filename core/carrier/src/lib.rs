//! The exchange as a customer of a carrier.
//!
//! A [`Registration`] keeps one trunk registered where the carrier wants it; a [`Probe`] asks a
//! peer whether it still answers; [`Peers`] says in which order a call tries them; a
//! [`Presentation`] says in which headers a call carries its number. All of it is sans-IO: what
//! is to be sent comes out as [`Request`], what was heard goes in.
//!
//! It knows no tenants and no calls: whose trunk it is, and which number a call may show, is
//! decided above.

mod backoff;
mod identity;
mod peers;
mod probe;
mod registration;
mod request;

pub use identity::{Bearer, Presentation, Shown};
pub use peers::{PEERS_MAX, Peers};
pub use probe::{Probe, Probed, Standing};
pub use registration::{Due, Heard, MAX_EXPIRES, Output, Registration, Terms};
pub use request::Request;

#[cfg(test)]
mod tests;
