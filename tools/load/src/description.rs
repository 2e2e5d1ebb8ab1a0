//! Session descriptions of the driver, and what it reads of the exchange's.

use crate::sdes;
use sip_message::Message;
use srtp::Suite;
use std::net::{Ipv4Addr, SocketAddrV4};

/// G.711 µ-law and telephone events, both ways, at this address; with a key protected.
pub(crate) fn describe(ip: Ipv4Addr, port: u16, key: Option<&sdes::Line>) -> String {
    let (profile, crypto) = match key {
        Some(line) => ("RTP/SAVP", format!("a=crypto:{}\r\n", line.text())),
        None => ("RTP/AVP", String::new()),
    };
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {port} {profile} 0 101\r\n{crypto}a=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n"
    )
}

/// What a description says of its side.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// Where it wants its audio.
    pub(crate) at: SocketAddrV4,
    /// The key that protects what it sends.
    pub(crate) key: Option<sdes::Line>,
}

impl From<SocketAddrV4> for Peer {
    fn from(at: SocketAddrV4) -> Peer {
        Peer { at, key: None }
    }
}

/// Who speaks in the description of a message, with its key of this suite.
pub(crate) fn peer_of(message: &Message, suite: Option<Suite>) -> Option<Peer> {
    let body = std::str::from_utf8(message.body()).ok()?;
    let key = suite.and_then(|suite| sdes::Line::read(body, suite));
    let at = audio_of(body)?;
    Some(Peer { at, key })
}

/// Where a description wants its audio; nowhere where it refuses it.
pub(crate) fn audio_of(body: &str) -> Option<SocketAddrV4> {
    let value = |key: &str| body.lines().find_map(|line| line.strip_prefix(key));
    let ip = value("c=IN IP4 ")?.trim_end().parse().ok()?;
    let port = value("m=audio ")?.split(' ').next()?.parse().ok()?;
    (port != 0).then(|| SocketAddrV4::new(ip, port))
}

/// Media ports of the driver's legs: even ones, each used again only after all others.
#[derive(Debug)]
pub(crate) struct Ports {
    next: u16,
}

/// First and last; what other programs are given by the kernel lies above.
const FIRST: u16 = 8_000;
const LAST: u16 = 32_000;

impl Ports {
    pub(crate) fn new() -> Ports {
        Ports { next: FIRST }
    }

    pub(crate) fn take(&mut self) -> u16 {
        let port = self.next;
        self.next = if port >= LAST { FIRST } else { port + 2 };
        port
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use sip_message::Limits;

    fn message(body: &str) -> Message {
        let head = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\n\
                    From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\n\
                    CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n";
        let text = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        Message::parse(text.into(), &Limits::DEFAULT).unwrap()
    }

    #[test]
    fn what_the_driver_describes_it_reads_back() {
        let message = message(&describe(Ipv4Addr::LOCALHOST, 8_002, None));
        let peer = peer_of(&message, Some(Suite::AesGcm128)).unwrap();
        assert_eq!(peer.at, "127.0.0.1:8002".parse().unwrap());
        assert!(peer.key.is_none());
    }

    #[test]
    fn a_protected_description_tells_its_key() {
        let suite = Suite::AesCm128Sha1Tag80;
        let line = sdes::Line::own(suite, 4, 8_002).unwrap();
        let message = message(&describe(Ipv4Addr::LOCALHOST, 8_002, Some(&line)));
        let key = peer_of(&message, Some(suite)).unwrap().key.unwrap();
        assert_eq!(key.text(), line.text());
    }
}
