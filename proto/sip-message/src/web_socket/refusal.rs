//! Why a WebSocket was not opened, and what the peer is told.

/// Why a request opened no WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no HTTP/1.1, or no request that could be one for a WebSocket.
    NotHttp,
    /// Its head is longer than [`Opening::MOST`](super::Opening::MOST).
    TooLong,
    /// It does not ask for a WebSocket of version 13 (RFC 6455 §4.2.1).
    NoUpgrade,
    /// Its key is none, or there are several.
    Key,
    /// It does not offer the sub-protocol `sip` (RFC 7118 §4).
    SubProtocol,
    /// Its page's origin is not let in.
    Origin,
}

impl Refusal {
    const fn status(self) -> &'static str {
        match self {
            Self::NotHttp | Self::Key | Self::SubProtocol => "400 Bad Request",
            Self::TooLong => "431 Request Header Fields Too Large",
            Self::NoUpgrade => "426 Upgrade Required",
            Self::Origin => "403 Forbidden",
        }
    }

    const fn reason(self) -> &'static str {
        match self {
            Self::NotHttp => "Here is spoken SIP over WebSocket.\n",
            Self::TooLong => "The head of the request is too long.\n",
            Self::NoUpgrade => "Here is spoken SIP over WebSocket, version 13.\n",
            Self::Key => "There must be one Sec-WebSocket-Key of 16 octets.\n",
            Self::SubProtocol => "Sec-WebSocket-Protocol must offer sip.\n",
            Self::Origin => "Pages of this origin are not let in.\n",
        }
    }

    /// The response; the connection is closed after it.
    #[must_use]
    pub fn answer(self) -> Vec<u8> {
        let (status, reason) = (self.status(), self.reason());
        let length = reason.len();
        // RFC 9110 §15.5.22: what it should be upgraded to; RFC 6455 §4.4: the version we know
        let upgrade = match self {
            Self::NoUpgrade => {
                "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            }
            Self::NotHttp | Self::TooLong | Self::Key | Self::SubProtocol | Self::Origin => {
                "Connection: close\r\n"
            }
        };
        let head = format!("HTTP/1.1 {status}\r\n{upgrade}Content-Type: text/plain\r\n");
        format!("{head}Content-Length: {length}\r\n\r\n{reason}").into_bytes()
    }
}
