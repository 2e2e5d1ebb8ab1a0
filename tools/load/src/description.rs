//! Session descriptions of the driver, and what it reads of the exchange's.

use sip_message::Message;
use std::net::{Ipv4Addr, SocketAddrV4};

/// G.711 µ-law and telephone events, both ways, at this address.
pub(crate) fn describe(ip: Ipv4Addr, port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n"
    )
}

/// Where the description in a message wants its audio.
pub(crate) fn audio_of(message: &Message) -> Option<SocketAddrV4> {
    let body = std::str::from_utf8(message.body()).ok()?;
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

    #[test]
    fn what_the_driver_describes_it_reads_back() {
        let body = describe(Ipv4Addr::LOCALHOST, 8_002);
        let head = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\n\
                    From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\n\
                    CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n";
        let text = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        let message = Message::parse(text.into(), &Limits::DEFAULT).unwrap();
        assert_eq!(audio_of(&message), Some("127.0.0.1:8002".parse().unwrap()));
    }
}
