//! A network in bad weather: packets are lost, repeated, late and out of order, by seed.

use bytes::Bytes;
use machine::{Instant, Random};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// One datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// From where, as the receiver sees it.
    pub from: SocketAddr,
    /// To where.
    pub to: SocketAddr,
    /// Its payload.
    pub bytes: Bytes,
}

/// What a link does to packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// Of a thousand packets, how many are lost.
    pub loss: u32,
    /// Of a thousand packets, how many arrive twice.
    pub repeat: u32,
    /// Least delay.
    pub delay: Duration,
    /// Added at random, which also reorders.
    pub jitter: Duration,
}

impl Weather {
    /// Nothing is lost, all takes five milliseconds.
    pub const FAIR: Weather = Weather {
        loss: 0,
        repeat: 0,
        delay: Duration::from_millis(5),
        jitter: Duration::ZERO,
    };
}

/// One direction between two hosts, for signalling (`true`) or sound. Ports do not count: which
/// one a host has depends on its other business.
pub type Link = (IpAddr, IpAddr, bool);

/// Where SIP is spoken.
const SIP_PORT: u16 = 5060;

struct Line {
    random: Random,
}

/// The same for the same link, whatever was drawn for others before.
fn fork_of(seed: u64, link: &Link) -> Random {
    Random::from_seed(seed).fork(&format!("{} {} {}", link.0, link.1, link.2))
}

/// The network.
pub struct Network {
    seed: u64,
    lines: BTreeMap<Link, Line>,
    under_way: BTreeMap<(Instant, u64), Packet>,
    next: u64,
    weather: BTreeMap<IpAddr, Weather>,
    cut: BTreeMap<IpAddr, Instant>,
    /// Weather where none is set.
    pub default: Weather,
    /// Packets lost.
    pub lost: u64,
}

impl Network {
    /// A network with fair weather.
    #[must_use]
    pub fn new(mut random: Random) -> Network {
        Network {
            seed: random.next_u64(),
            lines: BTreeMap::new(),
            under_way: BTreeMap::new(),
            next: 0,
            weather: BTreeMap::new(),
            cut: BTreeMap::new(),
            default: Weather::FAIR,
            lost: 0,
        }
    }

    /// Sets the weather around a host, in both directions.
    pub fn set_weather(&mut self, around: IpAddr, weather: Weather) {
        self.weather.insert(around, weather);
    }

    /// Fair weather everywhere, all cuts healed.
    pub fn heal(&mut self) {
        self.weather.clear();
        self.cut.clear();
        self.default = Weather::FAIR;
    }

    /// Cuts a host off until an instant.
    pub fn cut_off(&mut self, host: IpAddr, until: Instant) {
        self.cut.insert(host, until);
    }

    /// Takes a packet on its way. Its fate depends on its own link's randomness alone, so that
    /// what others send changes nothing for it.
    pub fn send(&mut self, packet: Packet, now: Instant) {
        let host = |address: &SocketAddr| self.cut.get(&address.ip()).is_some_and(|at| *at > now);
        if host(&packet.from) || host(&packet.to) {
            self.lost += 1;
            return;
        }
        let around = |address: &SocketAddr| self.weather.get(&address.ip()).copied();
        let weather = around(&packet.from).or_else(|| around(&packet.to));
        let weather = weather.unwrap_or(self.default);
        let signalling = packet.from.port() == SIP_PORT || packet.to.port() == SIP_PORT;
        let link = (packet.from.ip(), packet.to.ip(), signalling);
        let seed = self.seed;
        let line = self.lines.entry(link).or_insert_with(|| Line {
            random: fork_of(seed, &link),
        });
        if line.random.chance(weather.loss) {
            self.lost += 1;
            return;
        }
        let copies = if line.random.chance(weather.repeat) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let jitter = u64::try_from(weather.jitter.as_micros()).unwrap_or(0);
            let extra = Duration::from_micros(line.random.below(jitter + 1));
            let key = (now + weather.delay + extra, self.next);
            self.next += 1;
            self.under_way.insert(key, packet.clone());
        }
    }

    /// When the next packet arrives.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        self.under_way.first_key_value().map(|((at, _), _)| *at)
    }

    /// A packet that arrives now.
    pub fn pop(&mut self, now: Instant) -> Option<Packet> {
        let first = self.under_way.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// Packets under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn packet(from: u16, to: u16, n: u8) -> Packet {
        Packet {
            from: SocketAddr::from(([10, 0, 0, 1], from)),
            to: SocketAddr::from(([10, 0, 0, 2], to)),
            bytes: Bytes::from(vec![n]),
        }
    }

    fn arrivals(others: bool) -> Vec<(Instant, u8)> {
        let mut network = Network::new(Random::from_seed(5));
        network.default = Weather {
            loss: 200,
            repeat: 200,
            delay: Duration::from_millis(3),
            jitter: Duration::from_millis(40),
        };
        let mut seen = Vec::new();
        for n in 0..100 {
            let now = Instant::from_millis(u64::from(n) * 10);
            if others {
                let mut other = packet(7, 8, n);
                other.from.set_ip("10.0.0.3".parse().unwrap());
                network.send(other, now);
            }
            network.send(packet(1, 2, n), now);
        }
        while let Some(at) = network.next() {
            let packet = network.pop(at).unwrap();
            if packet.to.port() == 2 {
                seen.push((at, packet.bytes[0]));
            }
        }
        seen
    }

    #[test]
    fn what_others_send_changes_nothing_for_a_link() {
        assert_eq!(arrivals(false), arrivals(true));
    }

    #[test]
    fn bad_weather_loses_repeats_and_reorders() {
        let seen: Vec<u8> = arrivals(false).into_iter().map(|(_, n)| n).collect();
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        assert_ne!(seen, sorted, "some overtake others");
        let repeated = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
        sorted.dedup();
        assert!(sorted.len() < 95, "some are lost");
        assert!(repeated > 5, "some arrive twice");
    }

    #[test]
    fn a_host_that_is_cut_off_hears_nothing_until_it_is_back() {
        let mut network = Network::new(Random::from_seed(1));
        network.cut_off("10.0.0.2".parse().unwrap(), Instant::from_secs(5));
        network.send(packet(1, 2, 1), Instant::from_secs(4));
        network.send(packet(1, 2, 2), Instant::from_secs(5));
        assert_eq!(network.under_way(), 1);
    }
}
