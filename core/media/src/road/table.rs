//! From (local port, remote address) to the leg: open addressing with linear probing, at most
//! half full, grown only when legs are opened.

use std::net::{IpAddr, SocketAddr};

use machine::Random;

/// A local port and a remote address; the family of both is the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Key {
    high: u64,
    low: u64,
    /// Remote port, local port, family.
    ports: u64,
}

impl Key {
    pub(super) fn new(local_port: u16, remote: SocketAddr) -> Key {
        let (bits, family) = match remote.ip() {
            IpAddr::V4(ip) => (u128::from(u32::from(ip)), 4),
            IpAddr::V6(ip) => (u128::from(ip), 6),
        };
        let ports = u64::from(remote.port()) << 32 | u64::from(local_port) << 16 | family;
        let (high, low) = halves(bits);
        Key { high, low, ports }
    }
}

fn halves(bits: u128) -> (u64, u64) {
    let low = u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0);
    (u64::try_from(bits >> 64).unwrap_or(0), low)
}

/// The product of two numbers folded into one: each bit of either reaches all of the result.
fn fold(a: u64, b: u64) -> u64 {
    let (high, low) = halves(u128::from(a) * u128::from(b));
    high ^ low
}

/// None lies in two lines of the processor's caches.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Entry {
    key: Key,
    leg: u32,
}

/// No key has all-zero ports: the family is never 0.
const FREE: Entry = Entry {
    key: Key {
        high: 0,
        low: 0,
        ports: 0,
    },
    leg: 0,
};

#[derive(Debug)]
pub(super) struct Table {
    /// A power of two of entries.
    entries: Vec<Entry>,
    used: usize,
    /// Peers choose their addresses; without these they could choose them to collide.
    secret: [u64; 3],
}

impl Table {
    pub(super) fn new(random: &mut Random) -> Table {
        let secret = [0; 3].map(|_: u64| random.next_u64() | 1);
        Table {
            entries: vec![FREE; 64],
            used: 0,
            secret,
        }
    }

    /// Makes room for so many keys at once, so that no insert has to.
    pub(super) fn reserve(&mut self, keys: usize) {
        let size = (keys * 2).next_power_of_two();
        if size <= self.entries.len() {
            return;
        }
        let old = std::mem::replace(&mut self.entries, vec![FREE; size]);
        for entry in old.into_iter().filter(|entry| entry.key.ports != 0) {
            let place = self.place(&entry.key);
            self.entries[place] = entry;
        }
    }

    pub(super) fn get(&self, key: &Key) -> Option<u32> {
        let entry = self.entries[self.place(key)];
        (entry.key.ports != 0).then_some(entry.leg)
    }

    /// Whether the key now leads to the leg; not when another leg has it, or there is no room.
    pub(super) fn insert(&mut self, key: Key, leg: u32) -> bool {
        let place = self.place(&key);
        let entry = &mut self.entries[place];
        if entry.key.ports != 0 {
            return entry.leg == leg;
        }
        if (self.used + 1) * 2 > self.entries.len() {
            return false;
        }
        self.entries[place] = Entry { key, leg };
        self.used += 1;
        true
    }

    /// Removes the key if it is the leg's. Later entries of the run move up, so there are no
    /// gravestones and a run never grows by removing.
    pub(super) fn remove(&mut self, key: &Key, leg: u32) {
        let mut hole = self.place(key);
        if self.entries[hole].key.ports == 0 || self.entries[hole].leg != leg {
            return;
        }
        self.used -= 1;
        let mask = self.entries.len() - 1;
        let mut next = hole;
        loop {
            next = (next + 1) & mask;
            let entry = self.entries[next];
            if entry.key.ports == 0 {
                break;
            }
            // It may move into the hole unless its home lies between the hole and it.
            let home = self.home(&entry.key);
            if (next.wrapping_sub(home) & mask) >= (next.wrapping_sub(hole) & mask) {
                self.entries[hole] = entry;
                hole = next;
            }
        }
        self.entries[hole] = FREE;
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// Where the key is, or the free entry where it would be. There is always a free one.
    fn place(&self, key: &Key) -> usize {
        let mask = self.entries.len() - 1;
        let mut place = self.home(key);
        while self.entries[place].key.ports != 0 && self.entries[place].key != *key {
            place = (place + 1) & mask;
        }
        place
    }

    fn home(&self, key: &Key) -> usize {
        let [a, b, c] = self.secret;
        let hash = fold(fold(key.high ^ a, key.low ^ b) ^ key.ports, c);
        // The mask cuts it to the table's size in any case.
        let low = usize::try_from(hash & 0xffff_ffff).unwrap_or(0);
        low & (self.entries.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeMap;

    fn key(n: u64) -> Key {
        let n = u16::try_from(n).unwrap();
        let ip = if n.is_multiple_of(2) {
            "10.0.0.1"
        } else {
            "2001:db8::1"
        };
        Key::new(n / 16, SocketAddr::new(ip.parse().unwrap(), n % 16))
    }

    #[test]
    fn it_does_what_a_map_does() {
        let mut random = Random::from_seed(7);
        let mut table = Table::new(&mut random);
        let mut model: BTreeMap<u64, u32> = BTreeMap::new();
        table.reserve(300);
        for step in 0..200_000_u32 {
            let n = random.below(300);
            match random.below(3) {
                0 => {
                    let leg = model.get(&n).copied().unwrap_or(step);
                    assert!(table.insert(key(n), leg));
                    model.insert(n, leg);
                }
                1 => {
                    if let Some(leg) = model.remove(&n) {
                        table.remove(&key(n), leg);
                    } else {
                        table.remove(&key(n), 0);
                    }
                }
                _ => assert_eq!(table.get(&key(n)), model.get(&n).copied()),
            }
            assert_eq!(table.len(), model.len());
        }
    }

    #[test]
    fn a_key_belongs_to_one_leg() {
        let mut table = Table::new(&mut Random::from_seed(1));
        assert!(table.insert(key(1), 5));
        assert!(table.insert(key(1), 5), "again for the same leg");
        assert!(!table.insert(key(1), 6));
        table.remove(&key(1), 6);
        assert_eq!(table.get(&key(1)), Some(5));
    }

    #[test]
    fn a_table_without_room_refuses_instead_of_growing() {
        let mut table = Table::new(&mut Random::from_seed(1));
        for n in 0..32 {
            assert!(table.insert(key(n), 0));
        }
        assert!(!table.insert(key(32), 0));
        table.reserve(33);
        assert!(table.insert(key(32), 0));
        assert!((0..33).all(|n| table.get(&key(n)) == Some(0)));
    }

    #[test]
    fn an_ipv6_address_is_not_the_ipv4_address_of_its_last_bits() {
        let v4 = Key::new(9, "1.2.3.4:5".parse().unwrap());
        assert_ne!(v4, Key::new(9, "[::1.2.3.4]:5".parse().unwrap()));
        assert_ne!(v4, Key::new(9, "[::ffff:1.2.3.4]:5".parse().unwrap()));
    }
}
