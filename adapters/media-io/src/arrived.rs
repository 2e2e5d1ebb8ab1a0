//! What has come, and what was done with it.

use std::net::SocketAddr;

/// Datagrams looked at together, at most. What the kernel does for each, and what is done with it
/// here, are much code each: alternating, they would drive one another out of the processor's
/// caches.
pub(crate) const TOGETHER: usize = media::FORESEEN;

/// What has come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrived {
    /// Somebody has rung the bell.
    Bell,
    /// Datagrams.
    Datagrams,
}

/// A datagram in a buffer, which is to be sent or given back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datagram {
    /// The local port that it came to.
    pub(crate) port: u16,
    pub(crate) from: SocketAddr,
    pub(crate) buffer: u32,
    pub(crate) length: usize,
}

/// What was done since it was asked for last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) received: u64,
    /// Dropped by the kernel because nobody read them in time.
    pub(crate) dropped: u64,
    pub(crate) sent: u64,
    /// Refused by the kernel: no room, no route.
    pub(crate) refused: u64,
}
