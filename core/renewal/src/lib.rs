//! When a certificate is asked for, and by whom: the standing of each name, what a certificate says
//! of itself, and the lease by which one node at a time asks.
//!
//! A certificate is renewed once two thirds of its lifetime are over, or when its authority advises
//! it (RFC 9773). What fails is tried again after a pause that doubles ([`FIRST_PAUSE`] to
//! [`LONGEST_PAUSE`]); the certificate of before stays in use. Nothing here has a clock.

mod facts;
mod lease;
mod standing;

pub use facts::{BadFacts, Facts};
pub use lease::{LEASE, Lease};
pub use standing::{FIRST_PAUSE, LONGEST_PAUSE, PROBLEM_MAX, Standing};
