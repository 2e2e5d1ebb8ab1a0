//! The range of local ports: pairs of an even port for RTP and the next for RTCP.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Address family of a leg.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The family of an address.
    #[must_use]
    pub fn of(ip: IpAddr) -> Family {
        if ip.is_ipv4() { Family::V4 } else { Family::V6 }
    }
}

/// Where a leg's peer sends to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct LocalMedia {
    /// As written into descriptions.
    pub ip: IpAddr,
    /// Even.
    pub rtp: u16,
    /// `rtp` + 1.
    pub rtcp: u16,
}

/// Local ports `first` to `last`, both included, of one or both families.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PortRange {
    /// Address written into descriptions for IPv4 peers.
    pub v4: Option<Ipv4Addr>,
    /// The same for IPv6.
    pub v6: Option<Ipv6Addr>,
    /// The first port; an odd one is left out.
    pub first: u16,
    /// The last port; an even one is left out.
    pub last: u16,
}

/// Why a range cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadRange {
    /// Neither an IPv4 nor an IPv6 address.
    NoAddress,
    /// Not a single pair of an even port and the next.
    NoPair,
}

impl fmt::Display for BadRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadRange::NoAddress => "media ports: an IPv4 or IPv6 address is needed",
            BadRange::NoPair => "media ports: the range must hold an even port and the next",
        })
    }
}

impl std::error::Error for BadRange {}

impl PortRange {
    /// The range in equal parts, one per signalling shard; what does not divide is left out.
    #[must_use]
    pub fn split(&self, parts: u8) -> Vec<PortRange> {
        let each = self.pairs_per_family() / usize::from(parts.max(1));
        let start = usize::from(self.first_even());
        let part = |n: u8| {
            let first = u16::try_from(start + usize::from(n) * each * 2).ok()?;
            let last = u16::try_from(usize::from(first) + each * 2)
                .ok()?
                .checked_sub(1)?;
            Some(PortRange {
                first,
                last,
                ..*self
            })
        };
        (0..parts.max(1))
            .filter_map(part)
            .filter(|part| part.check().is_ok())
            .collect()
    }

    pub(super) fn check(&self) -> Result<(), BadRange> {
        if self.families() == 0 {
            return Err(BadRange::NoAddress);
        }
        if self.pairs_per_family() == 0 {
            return Err(BadRange::NoPair);
        }
        Ok(())
    }

    pub(super) fn families(&self) -> usize {
        usize::from(self.v4.is_some()) + usize::from(self.v6.is_some())
    }

    pub(super) fn pairs_per_family(&self) -> usize {
        let end = usize::from(self.last) + 1;
        end.saturating_sub(usize::from(self.first_even())) / 2
    }

    /// Port 0 is no port, so the first pair is at least 2.
    fn first_even(&self) -> u16 {
        let first = self.first.max(2);
        first.saturating_add(first % 2)
    }

    pub(super) fn family_of(&self, pair: u32) -> Option<Family> {
        self.locate(pair).map(|(family, _)| family)
    }

    /// Family and place in the range of a pair's number: first all of IPv4, then all of IPv6.
    fn locate(&self, pair: u32) -> Option<(Family, u16)> {
        let each = u32::try_from(self.pairs_per_family()).ok()?;
        let families = [self.v4.map(|_| Family::V4), self.v6.map(|_| Family::V6)];
        let turn = usize::try_from(pair.checked_div(each)?).ok()?;
        let family = families.into_iter().flatten().nth(turn)?;
        Some((family, u16::try_from(pair % each).ok()?))
    }

    pub(super) fn local(&self, pair: u32) -> Option<LocalMedia> {
        let (family, place) = self.locate(pair)?;
        let ip = match family {
            Family::V4 => IpAddr::V4(self.v4?),
            Family::V6 => IpAddr::V6(self.v6?),
        };
        let rtp = self.first_even().checked_add(place.checked_mul(2)?)?;
        Some(LocalMedia {
            ip,
            rtp,
            rtcp: rtp.checked_add(1)?,
        })
    }

    pub(super) fn pair_of(&self, local: LocalMedia) -> Option<u32> {
        let place = u32::from(local.rtp.checked_sub(self.first_even())?) / 2;
        let each = u32::try_from(self.pairs_per_family()).ok()?;
        let turn = match Family::of(local.ip) {
            Family::V4 => 0,
            Family::V6 => u32::from(self.v4.is_some()),
        };
        let pair = turn.checked_mul(each)?.checked_add(place)?;
        (self.local(pair) == Some(local)).then_some(pair)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: u16, last: u16) -> PortRange {
        PortRange {
            v4: Some(Ipv4Addr::LOCALHOST),
            v6: Some(Ipv6Addr::LOCALHOST),
            first,
            last,
        }
    }

    #[test]
    fn only_whole_pairs_that_begin_even_are_used() {
        assert_eq!(range(30_001, 30_006).pairs_per_family(), 2);
        assert_eq!(
            range(30_001, 30_006).local(0).map(|local| local.rtp),
            Some(30_002)
        );
        assert_eq!(range(65_534, 65_535).pairs_per_family(), 1);
        assert_eq!(range(0, 3).pairs_per_family(), 1);
        assert_eq!(range(65_535, 65_535).check(), Err(BadRange::NoPair));
        assert_eq!(range(9, 8).check(), Err(BadRange::NoPair));
        let nowhere = PortRange {
            v4: None,
            v6: None,
            ..range(2, 9)
        };
        assert_eq!(nowhere.check(), Err(BadRange::NoAddress));
    }

    #[test]
    fn every_pair_finds_its_number_again() {
        let range = range(30_000, 30_099);
        for pair in 0..100 {
            let local = range.local(pair).map(|local| (local, range.pair_of(local)));
            assert!(
                matches!(local, Some((_, Some(found))) if found == pair),
                "{pair}"
            );
        }
        assert_eq!(range.local(100), None);
        let odd = LocalMedia {
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            rtp: 30_001,
            rtcp: 30_002,
        };
        assert_eq!(range.pair_of(odd), None);
    }

    #[test]
    fn the_parts_of_a_range_do_not_meet() {
        let parts = range(30_001, 30_020).split(4);
        let ends: Vec<_> = parts.iter().map(|part| (part.first, part.last)).collect();
        assert_eq!(
            ends,
            [
                (30_002, 30_005),
                (30_006, 30_009),
                (30_010, 30_013),
                (30_014, 30_017)
            ]
        );
        assert_eq!(range(30_000, 30_001).split(2), []);
    }
}
