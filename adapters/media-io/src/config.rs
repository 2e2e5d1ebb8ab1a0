//! How the media threads are set up.

use std::net::{Ipv4Addr, Ipv6Addr};

use media::Limits;

/// How the kernel is asked for datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Way {
    /// By epoll, `recvmmsg` and `sendmmsg`, which every kernel has.
    #[default]
    Epoll,
    /// By `io_uring`, which needs Linux 6.1 and may be forbidden.
    IoUring,
}

/// The least buffers of a thread: as many as are looked at together, and as many that are made
/// here.
pub(crate) const LEAST_BUFFERS: u32 = 256;

/// Settings of all media threads of a node.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address IPv4 sockets are bound to; `None` = no IPv4. It may differ from the one in
    /// descriptions (a machine behind one-to-one NAT).
    pub bind_v4: Option<Ipv4Addr>,
    /// The same for IPv6.
    pub bind_v6: Option<Ipv6Addr>,
    /// How the kernel is asked for datagrams. Default epoll.
    pub way: Way,
    /// Threads, at least 1. Must equal [`media::PortLimits::workers`]. Default 1.
    pub workers: u8,
    /// Signalling shards that give orders, at least 1. Default 1.
    pub shards: u8,
    /// Sockets one thread opens at most; past it `Open` is refused. A port pair needs two.
    /// Default 10,240.
    pub sockets_per_worker: usize,
    /// Receive buffer asked of the kernel per socket, octets. Default 512 KiB.
    pub receive_buffer: usize,
    /// Buffers for packets per thread, at least 256; each takes 2 KiB. By `io_uring` there are
    /// [`RING_BUFFERS`](crate::RING_BUFFERS) more for those that come. Default 512.
    pub packet_buffers: u32,
    /// Orders that wait per shard and thread. Default 4,096.
    pub commands: usize,
    /// Notices that wait per shard and thread. Default 16,384.
    pub notices: usize,
    /// Datagrams of STUN and DTLS that wait per shard and thread; more are dropped, and their
    /// senders repeat them. Default 1,024.
    pub lifted: usize,
    /// Batches of packets for recordings that are on their way at once, per thread, at least 2;
    /// each takes 300 KiB once anything was recorded. Default 16.
    pub tapped: usize,
    /// DSCP of sent packets (RFC 4594; 46 = expedited forwarding). Default 46.
    pub dscp: u8,
    /// Pins thread n to core `first + n`. Default: not pinned.
    pub pin_from_core: Option<usize>,
    /// Bounds of each thread's road.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            bind_v4: Some(Ipv4Addr::UNSPECIFIED),
            bind_v6: None,
            way: Way::Epoll,
            workers: 1,
            shards: 1,
            sockets_per_worker: 10_240,
            receive_buffer: 512 * 1024,
            packet_buffers: 512,
            commands: 4096,
            notices: 16_384,
            lifted: 1024,
            tapped: 16,
            dscp: 46,
            pin_from_core: None,
            limits: Limits::default(),
        }
    }
}
