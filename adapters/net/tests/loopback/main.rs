//! The loop over real sockets of this host.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm
)]

mod authority;
mod bans;
mod datagrams;
mod introductions;
mod keepalives;
mod life;
mod limits;
mod openings;
mod secure;
mod streams;
mod support;
mod translated;
mod visits;
mod web_sockets;
mod wires;
