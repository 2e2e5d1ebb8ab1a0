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
    /// The same, encrypted (RFC 3261 §26.2).
    Tls,
    /// Messages of a WebSocket, which its client opened (RFC 7118).
    Ws,
    /// The same, encrypted.
    Wss,
}

impl Transport {
    /// The token used in Via (`UDP`, `TCP`, `TLS`, `WS`, `WSS`; RFC 3261 §20.42, RFC 7118 §5.1).
    #[must_use]
    pub const fn via_token(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// The token used in the `transport` URI parameter (`udp`, `tcp`, `tls`, `ws`). RFC 3261
    /// §26.2.2 would rather have no `tls` and RFC 7118 §5.2 knows no `wss`, but `tls` is what
    /// phones write and read, and `ws` what those on WebSockets do.
    #[must_use]
    pub const fn uri_token(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ws | Self::Wss => "ws",
        }
    }

    /// The name for people, logs and settings; each transport has its own.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }

    /// Whether the transport itself delivers in order and repeats what is lost; then
    /// transaction timers A, E, G do not run (RFC 3261 §17).
    #[must_use]
    pub const fn is_reliable(self) -> bool {
        match self {
            Self::Udp => false,
            Self::Tcp | Self::Tls | Self::Ws | Self::Wss => true,
        }
    }

    /// Reads a Via or URI token without regard to case.
    #[must_use]
    pub fn from_token(token: &str) -> Option<Self> {
        let known = [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss];
        known
            .into_iter()
            .find(|transport| token.eq_ignore_ascii_case(transport.name()))
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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
    /// The number of the connection, never reused while the process lives; 0 on UDP. One that is
    /// still to be opened to a peer that must prove its name has the number of that name, see
    /// [`Flow::awaiting`].
    pub connection: u64,
}

/// The upper part of a connection's number where none is open yet.
const AWAITED: u64 = 0x7fff << 48;

impl Flow {
    /// A flow within TLS that we open ourselves, to a peer that must prove a name; `name` is its
    /// number with whoever keeps the names.
    #[must_use]
    pub const fn awaiting(local: SocketAddr, remote: SocketAddr, name: u32) -> Self {
        Self {
            transport: Transport::Tls,
            local,
            remote,
            // widening a number loses nothing; there is no other way in a constant
            connection: AWAITED | name as u64,
        }
    }

    /// The number of the name that its peer must prove, where it is still to be opened.
    #[must_use]
    pub fn awaited(self) -> Option<u32> {
        let name = self.connection.checked_sub(AWAITED)?;
        u32::try_from(name).ok()
    }

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

    /// A flow over a plain connection.
    #[must_use]
    pub const fn tcp(local: SocketAddr, remote: SocketAddr, connection: u64) -> Self {
        Self {
            transport: Transport::Tcp,
            local,
            remote,
            connection,
        }
    }

    /// The same path by another transport.
    #[must_use]
    pub const fn over(self, transport: Transport) -> Self {
        Self { transport, ..self }
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Transport; 5] = [
        Transport::Udp,
        Transport::Tcp,
        Transport::Tls,
        Transport::Ws,
        Transport::Wss,
    ];

    #[test]
    fn a_flow_that_is_to_be_opened_has_the_number_of_a_name_and_no_other_flow_has() {
        let at: SocketAddr = ([192, 0, 2, 1], 5061).into();
        let awaited = |name| Flow::awaiting(at, at, name).awaited();
        assert_eq!([awaited(0), awaited(u32::MAX)], [Some(0), Some(u32::MAX)]);
        assert_eq!(Flow::udp(at, at).awaited(), None);
        assert_eq!(Flow::tcp(at, at, u64::MAX).awaited(), None);
    }

    #[test]
    fn every_transport_is_known_by_its_via_token_in_any_case() {
        for transport in ALL {
            assert_eq!(
                Transport::from_token(transport.via_token()),
                Some(transport)
            );
            assert_eq!(Transport::from_token(transport.name()), Some(transport));
        }
        assert_eq!(Transport::from_token("sctp"), None);
    }

    #[test]
    fn the_uri_of_a_secure_web_socket_says_ws_since_that_is_the_only_token_there_is() {
        assert_eq!(Transport::Wss.uri_token(), "ws");
        assert_eq!(Transport::Tls.uri_token(), "tls");
    }
}
