//! Where a peer is.

use domain::{Peer, Transport};
use sip_message::Flow;
use std::net::{IpAddr, SocketAddr};

/// The port of SIP where a peer names none (RFC 3261 §19.1.2).
const PORT: u16 = 5060;

/// A peer that can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Its host and port as a URI has them.
    pub(crate) host: String,
    /// Its address.
    pub(crate) address: SocketAddr,
    /// By TCP.
    pub(crate) tcp: bool,
}

impl Way {
    /// The way to a peer that is named by its address. Names of hosts are not looked up, and TLS
    /// is not spoken to carriers; such a peer has no way.
    pub(crate) fn to(peer: &Peer) -> Option<Way> {
        let ip: IpAddr = peer.host.parse().ok()?;
        let tcp = match peer.transport {
            None | Some(Transport::Udp) => false,
            Some(Transport::Tcp) => true,
            Some(Transport::Tls) => return None,
        };
        let address = SocketAddr::new(ip, peer.port.unwrap_or(PORT));
        let host = match (ip, peer.port) {
            (_, Some(_)) => address.to_string(),
            (IpAddr::V4(ip), None) => ip.to_string(),
            (IpAddr::V6(ip), None) => format!("[{ip}]"),
        };
        Some(Way { host, address, tcp })
    }

    /// The flow from the first of our listeners of its family.
    pub(crate) fn flow(&self, listeners: &[SocketAddr]) -> Option<Flow> {
        let family = self.address.is_ipv4();
        let mut listeners = listeners.iter();
        let local = *listeners.find(|listener| listener.is_ipv4() == family)?;
        Some(if self.tcp {
            Flow::tcp(local, self.address, 0)
        } else {
            Flow::udp(local, self.address)
        })
    }

    /// A URI there, for a user or for the peer itself.
    pub(crate) fn uri(&self, user: &str) -> String {
        let at = if user.is_empty() { "" } else { "@" };
        let user = sip_message::escape_user(user);
        let transport = if self.tcp { ";transport=tcp" } else { "" };
        format!("sip:{user}{at}{}{transport}", self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(text: &str) -> Option<Way> {
        Way::to(&Peer::read(text)?)
    }

    #[test]
    fn an_address_is_a_way_and_a_name_is_none_yet() {
        let uri = |text| way(text).map(|way| way.uri("+49301"));
        assert_eq!(
            uri("sip:192.0.2.7").as_deref(),
            Some("sip:+49301@192.0.2.7")
        );
        assert_eq!(
            uri("sip:[2001:db8::7]:5070;transport=tcp").as_deref(),
            Some("sip:+49301@[2001:db8::7]:5070;transport=tcp")
        );
        assert_eq!(uri("sip:sbc.carrier.example"), None);
        assert_eq!(uri("sip:192.0.2.7;transport=tls"), None);
    }
}
