//! Where messages come from, as far as one party can be told from another.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::invalid::Invalid;

/// Bits of an IPv6 address that one customer is given, who has all the rest to come from.
const CUSTOMER_BITS: &str = "/64";

/// An IPv4 address, or an IPv6 /64. An IPv4 address written as IPv6 is that IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceAddress(IpAddr);

impl SourceAddress {
    /// The source that an address belongs to.
    pub fn of(ip: IpAddr) -> SourceAddress {
        match ip.to_canonical() {
            IpAddr::V4(ip) => SourceAddress(ip.into()),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                SourceAddress(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
        }
    }

    /// Its address; of a network its first.
    pub fn address(&self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for SourceAddress {
    /// `192.0.2.1`, `2001:db8:1:2::/64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(ip) => write!(f, "{ip}"),
            IpAddr::V6(ip) => write!(f, "{ip}{CUSTOMER_BITS}"),
        }
    }
}

impl FromStr for SourceAddress {
    type Err = Invalid;

    /// Reads an address, or the /64 as it is shown.
    fn from_str(text: &str) -> Result<SourceAddress, Invalid> {
        let rule = "must be an IPv4 address, an IPv6 address or an IPv6 network of 64 bits";
        let address = text.strip_suffix(CUSTOMER_BITS);
        let ip: IpAddr = address
            .unwrap_or(text)
            .parse()
            .map_err(|_| Invalid::new("/source", rule))?;
        if address.is_some() && ip.is_ipv4() {
            return Err(Invalid::new("/source", rule));
        }
        Ok(SourceAddress::of(ip))
    }
}

impl Serialize for SourceAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SourceAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SourceAddress, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn source(text: &str) -> SourceAddress {
        SourceAddress::of(text.parse().unwrap())
    }

    #[test]
    fn all_addresses_of_one_ipv6_network_are_one_source() {
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::9"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
    }

    #[test]
    fn a_source_is_read_as_it_is_shown() {
        for text in ["192.0.2.1", "2001:db8:1:2::/64"] {
            assert_eq!(text.parse::<SourceAddress>().unwrap().to_string(), text);
        }
        assert_eq!("2001:db8:1:2::7".parse(), Ok(source("2001:db8:1:2::")));
        for text in [
            "",
            "192.0.2.0/64",
            "192.0.2.0/24",
            "2001:db8::/32",
            "a.example",
        ] {
            assert!(text.parse::<SourceAddress>().is_err(), "{text}");
        }
    }
}
