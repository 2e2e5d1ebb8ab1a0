//! What is known of many that come and go, in bounded memory.

use std::hash::Hash;

use hashbrown::HashMap;

/// A value for each key seen lately.
///
/// Two generations: when the young one is full the old one is forgotten. So a flood of keys that
/// never come again, such as forged addresses, costs no more than twice the bound, and whoever is
/// seen again while the young one fills stays known.
#[derive(Debug)]
pub struct Generations<K, V> {
    bound: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Copy + Eq + Hash, V: Copy + Default> Generations<K, V> {
    /// Knows nobody yet, and never more than twice `bound`.
    pub fn new(bound: usize) -> Generations<K, V> {
        Generations {
            bound,
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// What is known of a key; from now on something is, at first the default.
    pub fn of(&mut self, key: K) -> &mut V {
        if !self.young.contains_key(&key) {
            if self.young.len() >= self.bound {
                self.old = std::mem::take(&mut self.young);
            }
            let known = self.old.remove(&key);
            self.young.insert(key, known.unwrap_or_default());
        }
        self.young.entry(key).or_default()
    }

    /// Forgets all that is known of a key.
    pub fn forget(&mut self, key: K) {
        self.young.remove(&key);
        self.old.remove(&key);
    }

    /// How many are known.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_never_come_again_cost_no_more_than_twice_the_bound() {
        let mut seen: Generations<u32, u8> = Generations::new(16);
        for key in 0..1_000 {
            seen.of(key);
        }
        assert!(seen.len() <= 32 && !seen.is_empty());
    }

    #[test]
    fn a_key_is_known_for_another_generation() {
        let mut seen: Generations<u32, u8> = Generations::new(2);
        *seen.of(1) = 7;
        for key in [2, 3] {
            seen.of(key);
        }
        assert_eq!(*seen.of(1), 7);
        seen.forget(1);
        assert_eq!(*seen.of(1), 0);
    }

    #[test]
    fn whoever_keeps_coming_is_never_forgotten_in_a_flood() {
        let mut seen: Generations<u32, u32> = Generations::new(8);
        for key in 1..1_000_u32 {
            seen.of(key);
            *seen.of(0) += 1;
        }
        assert_eq!(*seen.of(0), 999);
    }
}
