//! What signalling tells the road about a leg's peer.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::format::{Format, Formats};
use crate::wants::{ReportWants, Wants};

/// The name by which a peer's checks of connectivity ask for a leg: our user name fragment
/// (RFC 8445 section 5.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ufrag([u8; 8]);

impl Ufrag {
    /// Of this text; none of one that is not of eight octets, as ours are.
    #[must_use]
    pub fn of(text: &str) -> Option<Ufrag> {
        text.as_bytes().try_into().ok().map(Ufrag)
    }
}

/// Where the peer said it is, what it may send, and what it wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Expect {
    /// RTP address of the peer's description; `None` before it described itself.
    pub declared: Option<SocketAddr>,
    /// RTCP address of the peer's description; ignored when `mux`.
    pub declared_rtcp: Option<SocketAddr>,
    /// Where the peer's signalling comes from. A peer behind NAT, or one that is not described
    /// yet (early media), may send its media from here, any port.
    pub signalling_ip: Option<IpAddr>,
    /// The declared address cannot be trusted (it is private and not the signalling source):
    /// nothing is sent until the peer's packets showed where it is.
    pub nat: bool,
    /// What the peer may send and understands; empty = nothing yet.
    pub formats: Formats,
    /// RTCP comes on the RTP port (RFC 5761).
    pub mux: bool,
    /// The peer wants to hear (its direction has "recv", RFC 8866 §6.7).
    pub receives: bool,
    /// The peer will talk (its direction has "send").
    pub sends: bool,
    /// The peer finds its way by ICE, and asks for the leg by this name: its address is declared
    /// when it has chosen one, and it is nowhere else.
    #[serde(default)]
    pub ufrag: Option<Ufrag>,
    /// How it wants to be spoken to.
    #[serde(default)]
    pub wants: Wants,
    /// What it wants to be reported beyond what is reported to everybody.
    #[serde(default)]
    pub reports: ReportWants,
    /// Its datagrams are of a fax (UDPTL, ITU-T T.38 §9.1) and not of RTP; there is no RTCP.
    #[serde(default)]
    pub udptl: bool,
    /// Octets of the longest datagram of a fax that it takes; `None` where it does not say.
    #[serde(default)]
    pub max_datagram: Option<u16>,
}

impl Expect {
    /// A peer of which nothing is known but, perhaps, where its signalling comes from.
    #[must_use]
    pub fn unknown(signalling_ip: Option<IpAddr>, formats: Formats) -> Expect {
        Expect {
            declared: None,
            declared_rtcp: None,
            signalling_ip,
            nat: false,
            formats,
            mux: false,
            receives: true,
            sends: true,
            ufrag: None,
            wants: Wants::default(),
            reports: ReportWants::default(),
            udptl: false,
            max_datagram: None,
        }
    }

    /// A peer that finds its way by ICE, and perhaps has found it.
    #[must_use]
    pub fn by_checks(ufrag: Ufrag, chosen: Option<SocketAddr>, formats: Formats) -> Expect {
        Expect {
            declared: chosen,
            mux: true,
            ufrag: Some(ufrag),
            ..Expect::unknown(None, formats)
        }
    }

    /// A peer that described its fax; `nat` follows from [`trusted`].
    #[must_use]
    pub fn fax(udptl: SocketAddr, signalling_ip: IpAddr) -> Expect {
        Expect {
            declared_rtcp: None,
            udptl: true,
            ..Expect::described(udptl, signalling_ip, Formats::default())
        }
    }

    /// What may be sent to the peer.
    pub(crate) fn understood(&self) -> Formats {
        self.wants.understood(&self.formats)
    }

    /// The format that sound is made in for the peer.
    pub(crate) fn made_format(&self) -> Option<Format> {
        let understood = self.understood();
        let wanted = self.wants.sound.and_then(|sound| understood.of(sound));
        wanted
            .filter(|format| format.is_spoken())
            .or_else(|| understood.iter().find(|format| format.is_spoken()))
    }

    /// A peer that described itself. `rtcp` is one above `rtp` unless said otherwise (RFC 3550
    /// §11); `nat` follows from [`trusted`].
    #[must_use]
    pub fn described(rtp: SocketAddr, signalling_ip: IpAddr, formats: Formats) -> Expect {
        let rtcp = rtp
            .port()
            .checked_add(1)
            .map(|port| SocketAddr::new(rtp.ip(), port));
        Expect {
            declared: Some(rtp),
            declared_rtcp: rtcp,
            signalling_ip: Some(signalling_ip),
            nat: !trusted(rtp.ip(), signalling_ip),
            formats,
            mux: false,
            receives: true,
            sends: true,
            ufrag: None,
            wants: Wants::default(),
            reports: ReportWants::default(),
            udptl: false,
            max_datagram: None,
        }
    }
}

/// Whether a declared media address can be used before a packet came from it: it is where the
/// signalling comes from, or it is an address of the public Internet.
#[must_use]
pub fn trusted(declared: IpAddr, signalling: IpAddr) -> bool {
    declared == signalling || is_public(declared)
}

/// Not private, shared, local, documentation, multicast or unspecified (RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let special = matches!(
                (a, b, c),
                (0 | 10 | 127, _, _)
                    | (100, 64..=127, _)
                    | (169, 254, _)
                    | (172, 16..=31, _)
                    | (192, 0, 0 | 2)
                    | (192, 168, _)
                    | (198, 18..=19, _)
                    | (198, 51, 100)
                    | (203, 0, 113)
                    | (224..=255, _, _)
            );
            !special
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            // 2000::/3 is what is given out; of it 2001:db8::/32 is for documentation.
            None => {
                let [a, b, ..] = ip.segments();
                a & 0xe000 == 0x2000 && (a, b) != (0x2001, 0x0db8)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_trusted_when_public_or_the_signalling_source() {
        let signalling: IpAddr = "9.9.9.9".parse().unwrap();
        for (ip, expected) in [
            ("9.9.9.9", true),
            ("8.8.8.8", true),
            ("2a00:1450::1", true),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("192.168.1.2", false),
            ("172.31.255.255", false),
            ("172.32.0.1", true),
            ("169.254.169.254", false),
            ("127.0.0.1", false),
            ("0.0.0.0", false),
            ("239.1.1.1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("::1", false),
            ("2001:db8::1", false),
            ("::ffff:10.0.0.1", false),
        ] {
            assert_eq!(trusted(ip.parse().unwrap(), signalling), expected, "{ip}");
        }
        let private: IpAddr = "10.0.0.1".parse().unwrap();
        assert!(trusted(private, private));
    }

    #[test]
    fn a_described_peer_behind_nat_is_marked_so() {
        let formats = Formats::default();
        let nat = "192.168.1.2:4000".parse().unwrap();
        let expect = Expect::described(nat, "9.9.9.9".parse().unwrap(), formats);
        assert!(expect.nat);
        assert_eq!(
            expect.declared_rtcp,
            Some("192.168.1.2:4001".parse().unwrap())
        );
    }
}
