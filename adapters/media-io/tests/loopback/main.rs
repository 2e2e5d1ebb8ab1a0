//! Media threads on loopback: real sockets, real packets, real time, and no waiting for luck. What
//! is awaited is awaited with a bound that a healthy machine never meets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use media_io::Way;

mod audio;
mod conference;
mod notices;
mod protected;
mod support;
mod threads;
mod transcoded;

/// How the kernel is asked for datagrams here; the same tests are made by `ring` the other way.
const WAY: Way = Way::Epoll;
