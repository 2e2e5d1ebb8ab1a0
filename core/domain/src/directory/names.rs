//! Names, each as a number made of it and the slot of the tenant that has it: sixteen bytes,
//! whatever its length.
//!
//! A number leads to a slot; that the tenant there has the name is for the asker to see. Two
//! different names of one number, of which the later one displaces the earlier, are one chance in
//! thirty million among a million names.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// A name.
#[derive(Clone, Copy, Debug)]
struct Name {
    number: u64,
    slot: u32,
}

/// A table of names that are written elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    names: HashTable<Name>,
    hasher: DefaultHashBuilder,
}

impl Names {
    /// Says which slot has a name, in place of the one that had it before.
    pub(super) fn insert(&mut self, name: &str, slot: u32) {
        let number = self.hasher.hash_one(name);
        let is_it = |held: &Name| held.number == number;
        match self.names.entry(number, is_it, |held| held.number) {
            Entry::Occupied(mut held) => held.get_mut().slot = slot,
            Entry::Vacant(room) => {
                room.insert(Name { number, slot });
            }
        }
    }

    /// Forgets a name, if this slot has it.
    pub(super) fn remove(&mut self, name: &str, slot: u32) {
        let number = self.hasher.hash_one(name);
        let is_it = |held: &Name| held.number == number && held.slot == slot;
        if let Ok(held) = self.names.find_entry(number, is_it) {
            held.remove();
        }
    }

    /// The slot that may have a name: no other has it.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let number = self.hasher.hash_one(name);
        let found = self.names.find(number, |held| held.number == number)?;
        Some(found.slot)
    }

    /// Number of names.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}
