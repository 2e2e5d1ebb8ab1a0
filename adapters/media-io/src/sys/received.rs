//! One datagram that came.

use std::net::SocketAddr;

/// A datagram in a buffer of the pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    pub(crate) buffer: u32,
    pub(crate) length: usize,
    /// `None` when the datagram was longer than its buffer or has no address we know.
    pub(crate) from: Option<SocketAddr>,
    /// The socket's drops since it was opened, when there were any.
    pub(crate) drops: Option<u32>,
}
