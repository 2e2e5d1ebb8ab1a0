//! One packet: a message with where and when it was seen.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::chunk::{Sort, put};

/// What every packet begins with.
const MAGIC: &[u8; 4] = b"HEP3";

/// The payload is SIP.
const SIP: u8 = 1;

/// The protocol between IP and SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// Datagrams.
    Udp,
    /// Streams, also with TLS or WebSockets above them.
    Tcp,
}

impl Below {
    const fn number(self) -> u8 {
        match self {
            Below::Udp => 17,
            Below::Tcp => 6,
        }
    }
}

/// A SIP message that was seen. Both addresses are of one family; where they are not, both are
/// told as IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Where it came from.
    pub source: SocketAddr,
    /// Where it went to.
    pub destination: SocketAddr,
    /// Over what.
    pub below: Below,
    /// Microseconds since 1970.
    pub at_micros: u64,
    /// The number of who saw it, as the capture server knows it.
    pub agent: u32,
    /// What proves who saw it; empty for nothing.
    pub key: &'a str,
    /// What all messages of one call have in common; empty for nothing.
    pub correlation: &'a str,
    /// The message.
    pub message: &'a [u8],
}

/// The packet would be longer than its length can say (65,535 octets).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message is too long for a HEP packet")
    }
}

impl std::error::Error for TooLong {}

impl Packet<'_> {
    /// The packet as it is sent.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let mut out = Vec::with_capacity(160 + self.message.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[0, 0]);
        self.chunks(&mut out).ok_or(TooLong)?;
        let length = u16::try_from(out.len()).map_err(|_| TooLong)?;
        if let Some(place) = out.get_mut(4..6) {
            place.copy_from_slice(&length.to_be_bytes());
        }
        Ok(out)
    }

    fn chunks(&self, out: &mut Vec<u8>) -> Option<()> {
        self.addresses(out)?;
        put(out, Sort::Protocol, &[self.below.number()])?;
        put(out, Sort::SourcePort, &self.source.port().to_be_bytes())?;
        let port = self.destination.port();
        put(out, Sort::DestinationPort, &port.to_be_bytes())?;
        let (seconds, micros) = (self.at_micros / 1_000_000, self.at_micros % 1_000_000);
        // the format's seconds end in 2106
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        let micros = u32::try_from(micros).unwrap_or_default();
        put(out, Sort::Seconds, &seconds.to_be_bytes())?;
        put(out, Sort::Micros, &micros.to_be_bytes())?;
        put(out, Sort::Payload, &[SIP])?;
        put(out, Sort::Agent, &self.agent.to_be_bytes())?;
        if !self.key.is_empty() {
            put(out, Sort::Key, self.key.as_bytes())?;
        }
        if !self.correlation.is_empty() {
            put(out, Sort::Correlation, self.correlation.as_bytes())?;
        }
        put(out, Sort::Message, self.message)
    }

    fn addresses(&self, out: &mut Vec<u8>) -> Option<()> {
        match (self.source.ip(), self.destination.ip()) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                put(out, Sort::Family, &[2])?;
                put(out, Sort::SourceV4, &source.octets())?;
                put(out, Sort::DestinationV4, &destination.octets())
            }
            (source, destination) => {
                put(out, Sort::Family, &[10])?;
                put(out, Sort::SourceV6, &six(source))?;
                put(out, Sort::DestinationV6, &six(destination))
            }
        }
    }
}

fn six(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}
