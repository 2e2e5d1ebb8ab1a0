//! Where a trunk's requests come from: an address, or a block of them (RFC 4632).

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::invalid::{Invalid, rule};

/// A block of addresses; a single one is a block of its full length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The first address of the block.
    network: IpAddr,
    /// How many of its bits count.
    length: u8,
}

impl Source {
    /// Reads `address` or `address/length`. Bits beyond the length must be 0.
    pub fn read(text: &str) -> Option<Source> {
        let (ip, length) = match text.split_once('/') {
            Some((ip, length)) => (ip, Some(length.parse().ok()?)),
            None => (text, None),
        };
        let ip: IpAddr = ip.parse().ok()?;
        let ip = ip.to_canonical();
        let source = Source::around(ip, length.unwrap_or(full(ip)))?;
        (source.network == ip).then_some(source)
    }

    /// The block of a length in which an address lies; `None` when the address has fewer bits.
    pub fn around(ip: IpAddr, length: u8) -> Option<Source> {
        let network = match ip {
            IpAddr::V4(v4) => {
                let spare = 32_u8.checked_sub(length)?;
                let mask = u32::MAX.checked_shl(spare.into()).unwrap_or(0);
                IpAddr::V4((v4.to_bits() & mask).into())
            }
            IpAddr::V6(v6) => {
                let spare = 128_u8.checked_sub(length)?;
                let mask = u128::MAX.checked_shl(spare.into()).unwrap_or(0);
                IpAddr::V6((v6.to_bits() & mask).into())
            }
        };
        Some(Source { network, length })
    }

    /// How many bits count.
    pub fn length(self) -> u8 {
        self.length
    }

    /// Whether an address lies in it.
    pub fn covers(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_ipv4() == self.network.is_ipv4() && Source::around(ip, self.length) == Some(self)
    }
}

/// Writes each text of a list in the one way in which its block is written. What is no block stays
/// as it is, for [`validate_list`] to find.
pub(crate) fn normalise_list(texts: &mut [String]) {
    for text in texts {
        if let Some(read) = Source::read(text) {
            *text = read.to_string();
        }
    }
}

/// Refuses a list of which a text is no block, or is there twice.
pub(crate) fn validate_list(texts: &[String], pointer: &str) -> Result<(), Invalid> {
    for (index, text) in texts.iter().enumerate() {
        let field = format!("{pointer}/{index}");
        rule(
            Source::read(text).is_some(),
            &field,
            "must be an IP address, or a block of them such as 192.0.2.0/28",
        )?;
        let once = !texts[..index].contains(text);
        rule(once, &field, "must not be named twice")?;
    }
    Ok(())
}

/// How many bits an address has.
fn full(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.length == full(self.network) {
            return self.network.fmt(f);
        }
        write!(f, "{}/{}", self.network, self.length)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_block_covers_its_addresses_and_no_others() {
        let block = Source::read("192.0.2.64/26").unwrap();
        let covers = |text: &str| block.covers(text.parse().unwrap());
        assert!(covers("192.0.2.64") && covers("192.0.2.127") && covers("::ffff:192.0.2.100"));
        assert!(!covers("192.0.2.63") && !covers("192.0.2.128") && !covers("2001:db8::1"));
    }

    #[test]
    fn a_block_of_length_zero_covers_all_of_its_family() {
        let block = Source::read("0.0.0.0/0").unwrap();
        assert!(block.covers("203.0.113.9".parse().unwrap()));
        assert!(!block.covers("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn the_same_block_is_written_in_one_way() {
        let written = |text| Source::read(text).map(|source| source.to_string());
        assert_eq!(written("192.0.2.7/32").as_deref(), Some("192.0.2.7"));
        assert_eq!(written("2001:DB8:0::/48").as_deref(), Some("2001:db8::/48"));
        for bad in [
            "192.0.2.7/24",
            "192.0.2.0/33",
            "carrier.example",
            "192.0.2.0/",
            "",
        ] {
            assert_eq!(written(bad), None, "{bad}");
        }
    }
}
