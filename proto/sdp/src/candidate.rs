//! `a=candidate`: where its writer may be reached (RFC 8839 section 5.1).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// How the writer came by the address (RFC 8445 section 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CandidateKind {
    /// It is an address of its own.
    Host,
    /// A server outside sees it so.
    ServerReflexive,
    /// Its peer sees it so.
    PeerReflexive,
    /// Somebody else's, who passes everything on.
    Relayed,
}

impl CandidateKind {
    const ALL: [CandidateKind; 4] = [
        Self::Host,
        Self::ServerReflexive,
        Self::PeerReflexive,
        Self::Relayed,
    ];

    /// Its name behind `typ`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relayed => "relay",
        }
    }
}

/// A candidate for RTP, reached by UDP at a literal address. Candidates for RTCP alone are not
/// kept, since both go by one port here, nor those of TCP, nor those whose address is a name of
/// the writer's own network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Equal for candidates that have their base in common; at most 32 letters.
    pub foundation: String,
    /// The higher, the rather it is wanted (RFC 8445 section 5.1.2).
    pub priority: u32,
    /// The address.
    pub address: SocketAddr,
    /// How the writer came by it.
    pub kind: CandidateKind,
}

impl Candidate {
    /// An address of our own. `preference`: the higher, the rather among several (RFC 8445
    /// section 5.1.2.1); one that is alone has 65,535.
    #[must_use]
    pub fn host(address: SocketAddr, preference: u16) -> Candidate {
        // preference of the type 126; 256 less the component, which is 1
        let priority = 126 << 24 | u32::from(preference) << 8 | 255;
        let family = if address.is_ipv4() { '4' } else { '6' };
        Candidate {
            foundation: format!("host{family}{preference}"),
            priority,
            address,
            kind: CandidateKind::Host,
        }
    }

    /// Reads the value of an `a=candidate`; none of one that breaks the rules or is not kept.
    /// What stands behind the type (related address, generation …) is passed over.
    #[must_use]
    pub fn parse(value: &str) -> Option<Candidate> {
        let mut words = value.split_ascii_whitespace();
        let (foundation, component) = (words.next()?, words.next()?);
        let (transport, priority) = (words.next()?, words.next()?);
        let (address, port) = (words.next()?, words.next()?);
        let (typ, kind) = (words.next()?, words.next()?);
        let served = component == "1" && transport.eq_ignore_ascii_case("udp") && typ == "typ";
        let named = |known: &CandidateKind| known.name() == kind;
        let kind = CandidateKind::ALL.into_iter().find(named)?;
        let short = (1..=32).contains(&foundation.len());
        let address = SocketAddr::new(address.parse::<IpAddr>().ok()?, port.parse().ok()?);
        (served && short && address.port() != 0).then_some(Candidate {
            foundation: foundation.to_owned(),
            priority: priority.parse().ok()?,
            address,
            kind,
        })
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ip, port) = (self.address.ip(), self.address.port());
        let (foundation, priority) = (&self.foundation, self.priority);
        let kind = self.kind.name();
        write!(f, "{foundation} 1 udp {priority} {ip} {port} typ {kind}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    // rfc: 8839 §5.1
    #[test]
    fn a_candidate_is_read_and_what_stands_behind_its_type_passed_over() {
        let text = "842163049 1 UDP 1677729535 203.0.113.7 50123 typ srflx \
                    raddr 0.0.0.0 rport 0 generation 0 ufrag Xz1p network-cost 999";
        let candidate = Candidate::parse(text).unwrap();
        assert_eq!(candidate.address, "203.0.113.7:50123".parse().unwrap());
        assert_eq!(candidate.kind, CandidateKind::ServerReflexive);
        let short = "842163049 1 udp 1677729535 203.0.113.7 50123 typ srflx";
        assert_eq!(candidate.to_string(), short);
        assert_eq!(Candidate::parse(short), Some(candidate));
    }

    // rfc: 8445 §5.1.2.1
    #[test]
    fn an_address_of_our_own_has_the_priority_that_the_formula_gives() {
        let candidate = Candidate::host("[2001:db8::1]:4000".parse().unwrap(), 65_535);
        assert_eq!(candidate.priority, 2_130_706_431);
        assert_eq!(Candidate::parse(&candidate.to_string()), Some(candidate));
    }

    #[test]
    fn candidates_that_lead_nowhere_here_are_not_kept() {
        for text in [
            "1 2 udp 2122260223 192.0.2.1 4001 typ host",
            "1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
            "1 1 udp 2122260223 0b8a2b9c-6a6b-4a52-8f1d-2f6c3d1c7e11.local 5000 typ host",
            "1 1 udp 2122260223 192.0.2.1 0 typ host",
            "1 1 udp 2122260223 192.0.2.1 65536 typ host",
            "1 1 udp 4294967296 192.0.2.1 4000 typ host",
            "1 1 udp 2122260223 192.0.2.1 4000 typ other",
            "1 1 udp 2122260223 192.0.2.1 4000",
            "123456789012345678901234567890123 1 udp 1 192.0.2.1 4000 typ host",
            "",
        ] {
            assert_eq!(Candidate::parse(text), None, "{text}");
        }
    }
}
