//! Where a name leads, and in which order its servers are tried (RFC 2782, RFC 3263 §4.3).

use machine::Random;
use std::net::{IpAddr, SocketAddr};

/// Targets of one name at most.
pub const TARGETS_MAX: usize = 4;

/// How a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carriage {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

impl Carriage {
    /// The port where nothing names one (RFC 3261 §19.1.2).
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Carriage::Udp | Carriage::Tcp => 5060,
            Carriage::Tls => 5061,
        }
    }

    /// The name of a domain's SRV records for it (RFC 3263 §4.1).
    pub(super) fn service_of(self, domain: &str) -> String {
        match self {
            Carriage::Udp => format!("_sip._udp.{domain}"),
            Carriage::Tcp => format!("_sip._tcp.{domain}"),
            Carriage::Tls => format!("_sips._tcp.{domain}"),
        }
    }

    /// The one that a NAPTR record's service field names (RFC 3263 §4.1).
    pub(super) fn of_service(service: &str) -> Option<Carriage> {
        let is = |name: &str| service.eq_ignore_ascii_case(name);
        [
            ("SIP+D2U", Carriage::Udp),
            ("SIP+D2T", Carriage::Tcp),
            ("SIPS+D2T", Carriage::Tls),
        ]
        .into_iter()
        .find_map(|(name, carriage)| is(name).then_some(carriage))
    }
}

/// One address to send to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The address and port.
    pub address: SocketAddr,
    /// How it is reached.
    pub carriage: Carriage,
}

/// A server that a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// The place of its service among those of the name.
    pub(super) rank: usize,
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) carriage: Carriage,
    pub(super) addresses: Vec<IpAddr>,
}

/// All servers that a name leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located(pub(super) Vec<Server>);

impl Located {
    /// The targets in the order for one caller: services and priorities as they are ranked, and
    /// chance by weight within a priority. At most [`TARGETS_MAX`].
    #[must_use]
    pub fn in_order(&self, random: &mut Random) -> Vec<Target> {
        let mut ranks: Vec<(usize, u16)> = self
            .0
            .iter()
            .map(|server| (server.rank, server.priority))
            .collect();
        ranks.sort_unstable();
        ranks.dedup();
        let servers = ranks.into_iter().flat_map(|rank| {
            let equals = self.0.iter();
            let equals = equals.filter(|server| (server.rank, server.priority) == rank);
            by_weight(equals.collect(), random)
        });
        let targets = servers.flat_map(|server| {
            server.addresses.iter().map(|ip| Target {
                address: SocketAddr::new(*ip, server.port),
                carriage: server.carriage,
            })
        });
        let mut chosen: Vec<Target> = Vec::new();
        for target in targets {
            if chosen.len() < TARGETS_MAX && !chosen.contains(&target) {
                chosen.push(target);
            }
        }
        chosen
    }
}

impl Located {
    /// Forgets all that is none of these targets.
    pub fn keep(&mut self, targets: &[Target]) {
        for server in &mut self.0 {
            let (port, carriage) = (server.port, server.carriage);
            server.addresses.retain(|ip| {
                let address = SocketAddr::new(*ip, port);
                targets.contains(&Target { address, carriage })
            });
        }
        self.0.retain(|server| !server.addresses.is_empty());
    }
}

/// Draws servers one by one, each with a chance in proportion to its weight; those without weight
/// have a very small one (RFC 2782, "Weight").
fn by_weight<'a>(mut left: Vec<&'a Server>, random: &mut Random) -> Vec<&'a Server> {
    let mut drawn = Vec::with_capacity(left.len());
    left.sort_by_key(|server| server.weight != 0);
    while !left.is_empty() {
        let sum: u64 = left.iter().map(|server| u64::from(server.weight)).sum();
        let mark = random.between(0, sum);
        let mut running = 0;
        let at = left.iter().position(|server| {
            running += u64::from(server.weight);
            running >= mark
        });
        drawn.push(left.remove(at.unwrap_or(0)));
    }
    drawn
}
