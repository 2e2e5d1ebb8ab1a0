//! Tests: the machines against carriers written by hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod identities;
mod locations;
mod peers;
mod probes;
mod qualities;
mod registrations;
