//! One address of a trunk, and how it is written and reached.

use crate::config::Listeners;
use carrier::{Carriage, Target};
use domain::{Peer, Transport};
use sip_message::{Flow, Uri};
use std::net::{IpAddr, SocketAddr};

/// An address that can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Host and port as URIs have them: the peer's own text, also where a name led elsewhere
    /// (RFC 3263 §4: the URI stays what it is).
    host: String,
    /// The transport that URIs name, if the peer's text does.
    named: Option<Carriage>,
    /// Its address.
    pub(crate) address: SocketAddr,
    /// How it is reached.
    pub(crate) carriage: Carriage,
    /// What a gateway has registered, which takes the place of all of it.
    bound: Option<Box<Bound>>,
}

/// One contact that a gateway has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// Its URI, as the gateway wrote it.
    pub(crate) uri: String,
    /// The proxies on the way there, nearest first (RFC 3327).
    pub(crate) routes: Vec<String>,
    /// The flow by which it is reached.
    pub(crate) flow: Flow,
    /// Whether it is asked for as it is, and who is called is said elsewhere.
    pub(crate) stays: bool,
}

/// Whether a flow begins and ends where we listen.
pub(crate) fn is_home(flow: &Flow) -> bool {
    flow.local == flow.remote
}

impl Way {
    /// The way to what a gateway has registered.
    pub(crate) fn bound(bound: Bound) -> Way {
        Way {
            host: String::new(),
            named: None,
            address: bound.flow.remote,
            carriage: Carriage::Udp,
            bound: Some(Box::new(bound)),
        }
    }

    /// The way back into this exchange, which listens there; `contact` is what a trunk is called
    /// by, which nobody can guess.
    pub(crate) fn home(contact: &str, own: SocketAddr) -> Way {
        Way {
            host: own.ip().to_string(),
            ..Way::bound(Bound {
                uri: format!("sip:{contact}@{own}"),
                routes: Vec::new(),
                flow: Flow::udp(own, own),
                stays: true,
            })
        }
    }

    /// Host and port as URIs have them.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The proxies on the way, nearest first.
    pub(crate) fn routes(&self) -> &[String] {
        self.bound.as_ref().map_or(&[], |bound| &bound.routes)
    }

    /// Whether it leads to a contact, and who is called is said in To.
    pub(crate) fn is_bound(&self) -> bool {
        self.bound.is_some()
    }

    /// Whether what a gateway sends comes by this flow.
    pub(crate) fn comes_by(&self, flow: &Flow) -> bool {
        self.bound.as_ref().is_some_and(|bound| {
            let known = &bound.flow;
            (known.transport, known.remote) == (flow.transport, flow.remote)
        })
    }

    /// The way to a peer that is named by its address; nothing when it is named otherwise.
    pub(crate) fn to(peer: &Peer) -> Option<Way> {
        let ip: IpAddr = peer.host.parse().ok()?;
        let named = peer.transport.map(carriage_of);
        let carriage = named.unwrap_or(Carriage::Udp);
        let address = SocketAddr::new(ip, peer.port.unwrap_or(carriage.port()));
        let host = match (ip, peer.port) {
            (_, Some(_)) => address.to_string(),
            (IpAddr::V4(ip), None) => ip.to_string(),
            (IpAddr::V6(ip), None) => format!("[{ip}]"),
        };
        Some(Way {
            host,
            named,
            address,
            carriage,
            bound: None,
        })
    }

    /// The way to a target that a peer's name led to.
    pub(crate) fn found(peer: &Peer, target: &Target) -> Way {
        Way {
            host: match peer.port {
                Some(port) => format!("{}:{port}", peer.host),
                None => peer.host.to_string(),
            },
            named: peer.transport.map(carriage_of),
            address: target.address,
            carriage: target.carriage,
            bound: None,
        }
    }

    /// Whether it leads to this target.
    pub(crate) fn leads_to(&self, target: &Target) -> bool {
        (self.address, self.carriage) == (target.address, target.carriage)
    }

    /// The flow from the first of our listeners of its family; within TLS from the first of those
    /// for TLS, if there is one, to a peer that must prove the name of that number.
    pub(crate) fn flow(&self, listeners: Listeners<'_>, name: u32) -> Option<Flow> {
        if let Some(bound) = &self.bound {
            return Some(bound.flow);
        }
        let first = |listeners: &[SocketAddr]| {
            let mut listeners = listeners.iter().copied();
            listeners.find(|listener| listener.is_ipv4() == self.address.is_ipv4())
        };
        let local = first(listeners.all)?;
        Some(match self.carriage {
            Carriage::Udp => Flow::udp(local, self.address),
            Carriage::Tcp => Flow::tcp(local, self.address, 0),
            Carriage::Tls => {
                let local = first(listeners.tls).unwrap_or(local);
                Flow::awaiting(local, self.address, name)
            }
        })
    }

    /// A connection there for requests that are too long for datagrams, where its peer names no
    /// transport (RFC 3261 §18.1.1).
    pub(crate) fn stream(&self, listeners: Listeners<'_>) -> Option<Flow> {
        let datagrams = self.bound.is_none() && self.carriage == Carriage::Udp;
        if !datagrams || self.named.is_some() {
            return None;
        }
        let family = |local: &&SocketAddr| local.is_ipv4() == self.address.is_ipv4();
        let local = *listeners.all.iter().find(family)?;
        Some(Flow::tcp(local, self.address, 0))
    }

    /// A URI there, for a user or for the peer itself.
    pub(crate) fn uri(&self, user: &str) -> String {
        if let Some(bound) = &self.bound {
            return bound.uri_for(user);
        }
        let at = if user.is_empty() { "" } else { "@" };
        let user = sip_message::escape_user(user);
        let transport = match self.named {
            None | Some(Carriage::Udp) => "",
            Some(Carriage::Tcp) => ";transport=tcp",
            Some(Carriage::Tls) => ";transport=tls",
        };
        format!("sip:{user}{at}{}{transport}", self.host)
    }
}

impl Bound {
    /// The contact with another user, and all else as the gateway wrote it.
    fn uri_for(&self, user: &str) -> String {
        let (Some((scheme, rest)), Ok(uri)) = (self.uri.split_once(':'), Uri::parse(&self.uri))
        else {
            return self.uri.clone();
        };
        if user.is_empty() || self.stays {
            return self.uri.clone();
        }
        let at = rest.split_once('@').filter(|_| uri.user.is_some());
        let place = at.map_or(rest, |(_, place)| place);
        format!("{scheme}:{}@{place}", sip_message::escape_user(user))
    }
}

/// How a transport is called where names are looked up.
pub(super) fn carriage_of(transport: Transport) -> Carriage {
    match transport {
        Transport::Udp => Carriage::Udp,
        Transport::Tcp => Carriage::Tcp,
        Transport::Tls => Carriage::Tls,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ours() -> [SocketAddr; 2] {
        ["198.51.100.1:5060", "198.51.100.1:5061"].map(|at| at.parse().unwrap())
    }

    fn listeners(ours: &[SocketAddr; 2]) -> Listeners<'_> {
        Listeners {
            all: ours,
            tls: &ours[1..],
        }
    }

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
        assert_eq!(
            uri("sip:192.0.2.7;transport=tls").as_deref(),
            Some("sip:+49301@192.0.2.7;transport=tls")
        );
    }

    #[test]
    fn a_gateway_is_asked_for_a_number_in_place_of_the_user_that_it_registered() {
        let bound = |uri: &str, stays| {
            let flow = Flow::udp(ours()[0], "192.0.2.7:5062".parse().unwrap());
            Way::bound(Bound {
                uri: uri.to_owned(),
                routes: Vec::new(),
                flow,
                stays,
            })
        };
        let contact = "sip:pbx@192.0.2.7:5062;transport=tcp;line=a1?X=a%40b";
        assert_eq!(
            bound(contact, false).uri("+49301"),
            "sip:+49301@192.0.2.7:5062;transport=tcp;line=a1?X=a%40b"
        );
        assert_eq!(
            bound("sip:192.0.2.7;x=a", false).uri("*43#"),
            "sip:*43%23@192.0.2.7;x=a"
        );
        assert_eq!(bound(contact, true).uri("+49301"), contact);
        assert_eq!(bound(contact, false).uri(""), contact);
    }

    #[test]
    fn a_name_stays_in_the_uri_wherever_it_leads() {
        let peer = Peer::read("sip:carrier.example").unwrap();
        let target = Target {
            address: "192.0.2.9:5070".parse().unwrap(),
            carriage: Carriage::Tcp,
        };
        let way = Way::found(&peer, &target);
        assert_eq!(way.uri("+49301"), "sip:+49301@carrier.example");
        assert!(way.leads_to(&target));
        let flow = way.flow(listeners(&ours()), 7).unwrap();
        assert_eq!((flow.remote, flow.awaited()), (target.address, None));
    }

    #[test]
    fn within_tls_we_go_from_a_listener_for_it_to_a_peer_that_must_prove_its_name() {
        let way = way("sip:192.0.2.7;transport=tls").unwrap();
        let ours = ours();
        let flow = way.flow(listeners(&ours), 7).unwrap();
        assert_eq!(flow.local, ours[1]);
        assert_eq!(flow.awaited(), Some(7));
        let plain = Listeners {
            tls: &[],
            ..listeners(&ours)
        };
        assert_eq!(way.flow(plain, 7).unwrap().local, ours[0]);
    }
}
