//! What has come, and what was done with it.

use crate::sockets::SocketIndex;
use crate::sys::received::Received;

/// What has come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrived {
    /// Somebody has rung the bell.
    Bell,
    /// Datagrams follow that came since the clock was read last.
    Batch,
    /// A datagram to a socket. Its buffer is to be sent or given back.
    Datagram(SocketIndex, Received),
}

/// What was done since it was asked for last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) received: u64,
    pub(crate) sent: u64,
    /// Refused by the kernel: no room, no route.
    pub(crate) refused: u64,
}
