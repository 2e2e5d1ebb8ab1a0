//! What telephones say about their sound.

use bytes::Bytes;
pub use sdp::Direction;
use sdp::{Description, remote_of};
use std::net::SocketAddr;

/// A description of one PCMU, PCMA and telephone-event stream at `at`.
#[must_use]
pub fn describe(at: SocketAddr, id: u64, version: u64, direction: Direction) -> Bytes {
    let (ip, port) = (at.ip(), at.port());
    let family = if at.is_ipv4() { "IP4" } else { "IP6" };
    let direction = direction.as_str();
    Bytes::from(format!(
        "v=0\r\no=- {id} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na={direction}\r\n"
    ))
}

/// A description of one fax by T.38 at `at`.
pub(crate) fn describe_fax(at: SocketAddr, id: u64, version: u64) -> Bytes {
    let (ip, port) = (at.ip(), at.port());
    let family = if at.is_ipv4() { "IP4" } else { "IP6" };
    Bytes::from(format!(
        "v=0\r\no=- {id} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
         m=image {port} udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n\
         a=T38FaxRateManagement:transferredTCF\r\na=T38FaxMaxDatagram:400\r\n\
         a=T38FaxUdpEC:t38UDPRedundancy\r\n"
    ))
}

/// Where a description wants its media.
#[must_use]
pub fn media_of(description: &[u8]) -> Option<SocketAddr> {
    let description = Description::parse(description).ok()?;
    remote_of(&description).map(|remote| remote.rtp)
}

/// The direction a description names, as its sender sees it.
#[must_use]
pub fn direction_of(description: &[u8]) -> Option<Direction> {
    let description = Description::parse(description).ok()?;
    remote_of(&description).map(|remote| remote.direction)
}
