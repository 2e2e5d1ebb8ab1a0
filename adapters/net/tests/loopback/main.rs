//! The loop over real sockets of this host.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm
)]

mod datagrams;
mod keepalives;
mod life;
mod limits;
mod streams;
mod support;
