//! The loop over real sockets of this host.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod datagrams;
mod keepalives;
mod life;
mod limits;
mod streams;
mod support;
