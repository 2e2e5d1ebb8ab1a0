//! What a loop is bound to and how much it may hold.

use std::net::SocketAddr;
use std::time::Duration;

use sip_message::flow::Transport;
use sip_message::web_socket::Origins;

use crate::clock::LoopClock;
use crate::tls::{ClientCertificates, Keyring, Trust};

/// One address to listen on. UDP sockets are also what outgoing datagrams leave from; outgoing
/// streams need no listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// What is spoken there.
    pub transport: Transport,
    /// The address; a wildcard IP listens on all of its family (v6 sockets take v6 only), port 0
    /// lets the kernel choose, see [`crate::Bound`].
    pub at: SocketAddr,
    /// Whether peers must show a certificate; of TLS and WSS only.
    pub clients: ClientCertificates,
    /// Where peers reach it, when that is another address, which a translator in front of this
    /// machine has (one-to-one NAT). Flows have it as their own address then. Port 0 is the port of
    /// [`Listener::at`].
    pub public: Option<SocketAddr>,
}

impl Listener {
    /// Listens for one transport, and asks nobody for a certificate.
    #[must_use]
    pub fn new(transport: Transport, at: SocketAddr) -> Listener {
        Listener {
            transport,
            at,
            clients: ClientCertificates::Unasked,
            public: None,
        }
    }

    /// Listens for datagrams.
    #[must_use]
    pub fn udp(at: SocketAddr) -> Listener {
        Listener::new(Transport::Udp, at)
    }

    /// Listens for streams.
    #[must_use]
    pub fn tcp(at: SocketAddr) -> Listener {
        Listener::new(Transport::Tcp, at)
    }

    /// Asks peers for certificates.
    #[must_use]
    pub fn asking(self, clients: ClientCertificates) -> Listener {
        Listener { clients, ..self }
    }

    /// Is reached at another address than its own.
    #[must_use]
    pub fn reached_at(self, public: Option<SocketAddr>) -> Listener {
        Listener { public, ..self }
    }

    /// Where peers reach it.
    #[must_use]
    pub fn reached(&self) -> SocketAddr {
        let Some(mut public) = self.public else {
            return self.at;
        };
        if public.port() == 0 {
            public.set_port(self.at.port());
        }
        public
    }

    /// Where peers reach it, if that is another address than its own.
    pub(crate) fn translated(&self) -> Option<SocketAddr> {
        self.public.map(|_| self.reached())
    }
}

/// What one loop is made from.
#[derive(Debug, Clone)]
pub struct Config {
    /// The addresses to listen on; at most [`Config::MAX_LISTENERS`].
    pub listeners: Vec<Listener>,
    /// Which loop of the node this is, 0 to [`Config::MAX_SHARD`]; it is the upper part of every
    /// connection id, so that ids of two loops never meet. A message for a connection of another
    /// loop must be sent by that one, see [`Config::shard_of`].
    pub shard: u16,
    /// Whether several loops share the same addresses (`SO_REUSEPORT`); the kernel then spreads
    /// remote addresses over them.
    pub share_addresses: bool,
    /// Whether ICMP's "port unreachable" and its kin come back as
    /// [`Failure::Unreachable`](crate::Failure::Unreachable) (RFC 3261 §18.4). The bytes given
    /// back are then as many as the ICMP message quoted.
    pub report_unreachable: bool,
    /// What TLS and WSS are spoken with; may be replaced while the loop runs.
    pub keyring: Option<Keyring>,
    /// Whom TLS that we open ourselves believes; may be replaced while the loop runs. Without it
    /// none is opened.
    pub trust: Option<Trust>,
    /// Which web pages may open a WebSocket (all).
    pub origins: Origins,
    /// Where the instants given to the handler count from.
    pub clock: LoopClock,
    /// How much the loop may hold.
    pub limits: Limits,
}

impl Config {
    /// Most listeners of one loop.
    pub const MAX_LISTENERS: usize = 256;
    /// Highest [`Config::shard`].
    pub const MAX_SHARD: u16 = 0x7ffe;

    /// Which loop has the connection of that id (`Flow::connection`); 0 for datagrams.
    #[must_use]
    pub fn shard_of(connection: u64) -> u16 {
        u16::try_from(connection >> 48).unwrap_or(u16::MAX)
    }

    /// A loop on `listeners` with the default limits, being the node's only one.
    #[must_use]
    pub fn new(listeners: Vec<Listener>) -> Config {
        Config {
            listeners,
            shard: 0,
            share_addresses: false,
            report_unreachable: true,
            keyring: None,
            trust: None,
            origins: Origins::default(),
            clock: LoopClock::start(),
            limits: Limits::default(),
        }
    }
}

/// The bounds of one loop. Each default is stated beside its field.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Of its UDP sockets.
    pub datagrams: DatagramLimits,
    /// Of its connections.
    pub streams: StreamLimits,
    /// How long waiting octets may take to leave when the loop is stopped (500 ms).
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            datagrams: DatagramLimits::default(),
            streams: StreamLimits::default(),
            farewell: Duration::from_millis(500),
        }
    }
}

impl From<DatagramLimits> for Limits {
    fn from(datagrams: DatagramLimits) -> Limits {
        Limits {
            datagrams,
            ..Limits::default()
        }
    }
}

impl From<StreamLimits> for Limits {
    fn from(streams: StreamLimits) -> Limits {
        Limits {
            streams,
            ..Limits::default()
        }
    }
}

/// The bounds of each UDP socket of a loop.
#[derive(Debug, Clone, Copy)]
pub struct DatagramLimits {
    /// Receive buffer asked of the kernel, octets (16 MiB); what was granted is in
    /// [`crate::Bound`].
    pub receive_buffer: usize,
    /// Send buffer asked of the kernel, octets (4 MiB).
    pub send_buffer: usize,
    /// Datagrams held back while the kernel takes none (4096); the newest beyond it are dropped
    /// and counted, the sender's retransmission heals them.
    pub pending: usize,
    /// Octets of the same (8 MiB).
    pub pending_octets: usize,
}

impl Default for DatagramLimits {
    fn default() -> DatagramLimits {
        DatagramLimits {
            receive_buffer: 16 << 20,
            send_buffer: 4 << 20,
            pending: 4096,
            pending_octets: 8 << 20,
        }
    }
}

/// The bounds of the connections of a loop: TCP, TLS and WebSockets together.
#[derive(Debug, Clone)]
pub struct StreamLimits {
    /// Live connections, accepted and outgoing together (8192).
    pub connections: usize,
    /// Accepted connections from one IPv4 address or one IPv6 /64 (256).
    pub connections_per_source: usize,
    /// Outgoing connections still being opened (1024).
    pub connecting: usize,
    /// Accepted connections of TLS, WS and WSS that have not agreed on keys, or have not asked for
    /// a WebSocket (1024); beyond it the one that has taken longest gives way.
    pub opening: usize,
    /// How long that may take (10 s).
    pub opening_timeout: Duration,
    /// Such connections that one source may begin at once (256, as many as it may hold); then
    /// twenty more each second.
    pub openings_per_source: u32,
    /// Octets waiting to be written to one connection, apart from the kernel's (1 MiB).
    pub write_octets: usize,
    /// Messages waiting to be written to one connection (1024).
    pub write_messages: usize,
    /// Octets of each kernel buffer of a connection, both directions (256 KiB).
    pub buffer: usize,
    /// How long an outgoing connection may take to open (5 s); within TLS the same again to agree
    /// on keys.
    pub connect_timeout: Duration,
    /// How long a connection may be silent in both directions (20 min); longer than the keep-alive
    /// of any registration, RFC 5626 §4.4.1 asks for one in 120 s.
    pub idle_timeout: Duration,
    /// How long a peer may take none of the octets waiting for it (30 s).
    pub stall_timeout: Duration,
    /// How long a message may take from its first octet to its last, and a new accepted connection
    /// to its first message or keep-alive (30 s).
    pub frame_timeout: Duration,
    /// How long the last words to a connection being closed may take (1 s).
    pub linger: Duration,
    /// What a message may be.
    pub message: sip_message::Limits,
}

impl Default for StreamLimits {
    fn default() -> StreamLimits {
        StreamLimits {
            connections: 8192,
            connections_per_source: 256,
            connecting: 1024,
            opening: 1024,
            openings_per_source: 256,
            opening_timeout: Duration::from_secs(10),
            write_octets: 1 << 20,
            write_messages: 1024,
            buffer: 256 << 10,
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(20 * 60),
            stall_timeout: Duration::from_secs(30),
            frame_timeout: Duration::from_secs(30),
            linger: Duration::from_secs(1),
            message: sip_message::Limits::default(),
        }
    }
}
