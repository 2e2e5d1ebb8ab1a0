//! The egress guard: which addresses a customer's webhook may make the exchange connect to.
//!
//! Whoever may enter a URL could otherwise make the exchange ask the inside of the operator's
//! network: its databases, its routers, the metadata service of its cloud. The guard judges the
//! resolved address itself, and the connection goes to the judged address, so a name that
//! resolves differently the second time (DNS rebinding) gains nothing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network: an address and the length of its prefix in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The network of so many leading bits of an address; `None` when the address has fewer.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Network> {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= bits).then_some(Network { address, prefix })
    }

    /// Whether an address lies in it. An IPv4 address is never in an IPv6 network.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => within_v4(ip, net, self.prefix),
            (IpAddr::V6(net), IpAddr::V6(ip)) => within_v6(ip, net, self.prefix),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// IPv4 networks that are not the public internet (RFC 6890 and the IANA registry of special
/// addresses), and one public address that a cloud uses for its machines' metadata.
const INSIDE_V4: [(Ipv4Addr, u8); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The part of IPv6 that is assigned to the public internet.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What lies in it and is not public all the same: protocol assignments with Teredo (2001::/23),
/// documentation (RFC 3849, RFC 9637), 6to4 (RFC 3056), which leads to any IPv4 address.
const INSIDE_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// NAT64's well-known prefix (RFC 6052 §2.1): what it leads to is the last 32 bits.
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

fn within_v4(ip: Ipv4Addr, net: Ipv4Addr, prefix: u8) -> bool {
    let apart = ip.to_bits() ^ net.to_bits();
    apart.checked_shr(32 - u32::from(prefix)).unwrap_or(0) == 0
}

fn within_v6(ip: Ipv6Addr, net: Ipv6Addr, prefix: u8) -> bool {
    let apart = ip.to_bits() ^ net.to_bits();
    apart.checked_shr(128 - u32::from(prefix)).unwrap_or(0) == 0
}

/// Whether an address is part of the public internet, and whatever it is translated to, too.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => !INSIDE_V4
            .iter()
            .any(|(net, prefix)| within_v4(ip, *net, *prefix)),
        IpAddr::V6(ip) if within_v6(ip, NAT64.0, NAT64.1) => {
            let [.., a, b, c, d] = ip.octets();
            is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        IpAddr::V6(ip) => {
            within_v6(ip, GLOBAL_V6.0, GLOBAL_V6.1)
                && !INSIDE_V6
                    .iter()
                    .any(|(net, prefix)| within_v6(ip, *net, *prefix))
        }
    }
}

/// Which addresses may be connected to: the public internet, and what the operator allows
/// besides, for receivers on the same premises.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    allowed: Vec<Network>,
}

impl Egress {
    /// No guard: for an address that the operator has named, of a service that may lie anywhere.
    pub(crate) fn anywhere() -> Egress {
        let every = [
            IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        ];
        let every = every.into_iter();
        Egress::with_allowed(every.filter_map(|any| Network::new(any, 0)).collect())
    }

    /// The public internet and these networks.
    pub fn with_allowed(allowed: Vec<Network>) -> Egress {
        Egress { allowed }
    }

    /// Whether an address may be connected to. An IPv4 address written as IPv6
    /// (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is judged as the IPv4 address that it is.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.allowed.iter().any(|net| net.contains(address))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn permitted(egress: &Egress, text: &str) -> bool {
        egress.permits(text.parse().expect(text))
    }

    #[test]
    fn the_inside_of_a_network_is_out_of_reach() {
        let egress = Egress::default();
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "64:ff9b:1::1",
        ] {
            assert!(!permitted(&egress, text), "{text}");
        }
    }

    #[test]
    fn an_inside_address_in_the_clothes_of_ipv6_is_out_of_reach_too() {
        let egress = Egress::default();
        for text in [
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::",
        ] {
            assert!(!permitted(&egress, text), "{text}");
        }
    }

    #[test]
    fn the_public_internet_is_within_reach() {
        let egress = Egress::default();
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::1.1.1.1",
            "::ffff:1.1.1.1",
        ] {
            assert!(permitted(&egress, text), "{text}");
        }
    }

    #[test]
    fn what_the_operator_allows_is_within_reach_and_not_its_neighbour() {
        let net = |text: &str, prefix| Network::new(text.parse().unwrap(), prefix).unwrap();
        let allowed = vec![
            net("10.1.0.0", 16),
            net("fd00:1::", 32),
            net("127.0.0.1", 32),
        ];
        let egress = Egress::with_allowed(allowed);
        for text in ["10.1.0.0", "10.1.255.255", "fd00:1::5", "127.0.0.1"] {
            assert!(permitted(&egress, text), "{text}");
        }
        assert!(permitted(&egress, "::ffff:10.1.2.3"), "as IPv6");
        for text in ["10.2.0.0", "10.0.255.255", "fd00:2::5", "127.0.0.2", "::1"] {
            assert!(!permitted(&egress, text), "{text}");
        }
    }

    #[test]
    fn a_prefix_longer_than_the_address_is_no_network() {
        assert_eq!(Network::new("10.0.0.0".parse().unwrap(), 33), None);
        assert_eq!(Network::new("::".parse().unwrap(), 129), None);
        let all = Network::new("0.0.0.0".parse().unwrap(), 0).unwrap();
        assert!(all.contains("203.0.113.9".parse().unwrap()));
        assert!(!all.contains("::1".parse().unwrap()));
        assert_eq!(all.to_string(), "0.0.0.0/0");
    }
}
