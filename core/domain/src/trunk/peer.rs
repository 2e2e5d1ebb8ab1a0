//! Where a trunk's requests are sent: `sip:host[:port][;transport=udp|tcp|tls]`.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::text;

/// How a peer is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

/// One place to which a trunk's requests may be sent, understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Host name in lower case, or IP address without brackets.
    pub host: Box<str>,
    /// Port; `None` where the text says none (RFC 3263 §4.2 finds it).
    pub port: Option<u16>,
    /// Transport; `None` where the text says none (RFC 3263 §4.1 finds it).
    pub transport: Option<Transport>,
}

impl Peer {
    /// Reads the text of a peer.
    pub fn read(text: &str) -> Option<Peer> {
        let rest = text.strip_prefix("sip:")?;
        let (rest, transport) = match rest.split_once(';') {
            None => (rest, None),
            Some((rest, "transport=udp")) => (rest, Some(Transport::Udp)),
            Some((rest, "transport=tcp")) => (rest, Some(Transport::Tcp)),
            Some((rest, "transport=tls")) => (rest, Some(Transport::Tls)),
            Some(_) => return None,
        };
        let (host, port) = host_and_port(rest)?;
        Some(Peer {
            host: host.into(),
            port,
            transport,
        })
    }
}

fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, after) = rest.split_once(']')?;
        let ip: IpAddr = inside.parse().ok()?;
        let port = match after.strip_prefix(':') {
            Some(port) => Some(self::port(port)?),
            None if after.is_empty() => None,
            None => return None,
        };
        return ip.is_ipv6().then(|| (ip.to_string(), port));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(self::port(port)?)),
        None => (text, None),
    };
    let host = host.to_ascii_lowercase();
    text::host_name(&host, "").ok()?;
    Some((host, port))
}

fn port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_says_as_much_of_port_and_transport_as_its_text_does() {
        let peer = Peer::read("sip:SBC.carrier.example:5070;transport=tcp");
        let said = peer.map(|peer| (peer.host.to_string(), peer.port, peer.transport));
        let whole = (
            "sbc.carrier.example".to_owned(),
            Some(5070),
            Some(Transport::Tcp),
        );
        assert_eq!(said, Some(whole));
        let bare = Peer::read("sip:192.0.2.7").map(|peer| (peer.port, peer.transport));
        assert_eq!(bare, Some((None, None)));
        let six = Peer::read("sip:[2001:db8::7]:5061;transport=tls");
        assert_eq!(
            six.map(|peer| peer.host.to_string()).as_deref(),
            Some("2001:db8::7")
        );
    }

    #[test]
    fn what_has_a_user_another_scheme_or_no_port_after_its_colon_is_no_peer() {
        for text in [
            "sips:a.example",
            "a.example",
            "sip:",
            "sip:a@b.example",
            "sip:a.example:",
            "sip:a.example:0",
            "sip:a.example:70000",
            "sip:a.example;transport=sctp",
            "sip:[192.0.2.1]",
            "sip:2001:db8::7",
        ] {
            assert_eq!(Peer::read(text), None, "{text}");
        }
    }
}
