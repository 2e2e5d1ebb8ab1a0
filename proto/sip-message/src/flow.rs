//! Flow: the path a message came by and its answer goes back by (RFC 5626 §2, "flow").

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The transport below SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Datagrams, RFC 3261 §18.
    Udp,
    /// A byte stream, framed by `Content-Length` (RFC 3261 §18.3).
    Tcp,
}

impl Transport {
    /// The token used in Via (`UDP`, `TCP`).
    #[must_use]
    pub const fn via_token(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }

    /// The token used in the `transport` URI parameter (`udp`, `tcp`).
    #[must_use]
    pub const fn uri_token(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }

    /// Whether the transport itself delivers in order and repeats what is lost; then
    /// transaction timers A, E, G do not run (RFC 3261 §17).
    #[must_use]
    pub const fn is_reliable(self) -> bool {
        match self {
            Self::Udp => false,
            Self::Tcp => true,
        }
    }

    /// Reads a Via or URI token without regard to case.
    #[must_use]
    pub fn from_token(token: &str) -> Option<Self> {
        if token.eq_ignore_ascii_case("udp") {
            Some(Self::Udp)
        } else if token.eq_ignore_ascii_case("tcp") {
            Some(Self::Tcp)
        } else {
            None
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.uri_token())
    }
}

/// The path of a message: both ends and, on streams, the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Flow {
    /// The transport.
    pub transport: Transport,
    /// Our address.
    pub local: SocketAddr,
    /// The peer's address as the network shows it (behind NAT: the outer address).
    pub remote: SocketAddr,
    /// The number of the connection, never reused while the process lives; 0 on UDP.
    pub connection: u64,
}

impl Flow {
    /// A datagram flow.
    #[must_use]
    pub const fn udp(local: SocketAddr, remote: SocketAddr) -> Self {
        Self {
            transport: Transport::Udp,
            local,
            remote,
            connection: 0,
        }
    }

    /// A flow over a connection.
    #[must_use]
    pub const fn tcp(local: SocketAddr, remote: SocketAddr, connection: u64) -> Self {
        Self {
            transport: Transport::Tcp,
            local,
            remote,
            connection,
        }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {}", self.transport, self.remote, self.local)?;
        if self.connection != 0 {
            write!(f, " #{}", self.connection)?;
        }
        Ok(())
    }
}
