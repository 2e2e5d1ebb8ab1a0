//! Certificates of an authority that gives them to whoever answers at a name (ACME, RFC 8555): one
//! attempt each, bounded in time and size. When to try again is decided elsewhere.

mod client;
mod road;
mod trust;
mod words;

pub use client::{ASK_TIME, Authority, Enrolment};
pub use trust::{BadTrust, Trust};
