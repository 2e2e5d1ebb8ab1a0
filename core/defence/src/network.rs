//! Networks, as settings name them.

use std::net::IpAddr;

/// All addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The leading bits, IPv4 addresses being the last 32 bits of 128.
    prefix: u128,
    /// Bits to be shifted away.
    rest: u32,
    is_v4: bool,
}

impl Network {
    /// The network of an address with so many leading bits: up to 32 of IPv4, up to 128 of IPv6;
    /// more are as many as there are.
    pub fn new(address: IpAddr, bits: u8) -> Network {
        let (bits_of_all, is_v4) = if address.is_ipv4() {
            (32, true)
        } else {
            (128, false)
        };
        let rest = bits_of_all - u32::from(bits).min(bits_of_all);
        Network {
            prefix: shifted(address, rest),
            rest,
            is_v4,
        }
    }

    /// Whether an address lies in it.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_ipv4() == self.is_v4 && shifted(ip, self.rest) == self.prefix
    }
}

fn shifted(ip: IpAddr, rest: u32) -> u128 {
    let bits = match ip {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    };
    bits.checked_shr(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_network_holds_what_begins_like_it() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for (network, bits, inside, outside) in [
            ("10.1.0.0", 16, "10.1.255.1", "10.2.0.1"),
            ("192.0.2.7", 32, "192.0.2.7", "192.0.2.8"),
            ("0.0.0.0", 0, "198.51.100.1", "2001:db8::1"),
            ("fd00:1::", 32, "fd00:1:2::3", "fd00:2::1"),
            ("::", 0, "2001:db8::1", "192.0.2.1"),
            ("127.0.0.0", 8, "::ffff:127.9.9.9", "128.0.0.1"),
        ] {
            let network = Network::new(ip(network), bits);
            assert!(network.contains(ip(inside)), "{inside} in {network:?}");
            assert!(!network.contains(ip(outside)), "{outside} in {network:?}");
        }
    }
}
