//! Names, each as the place where it is written: eight bytes, whatever its length.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// Where a name is written: in which tenant's slot, and at which place of its list there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) slot: u32,
    pub(super) at: u32,
}

/// A table of names that are written elsewhere; who asks tells how a place is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    places: HashTable<Place>,
    hasher: DefaultHashBuilder,
}

impl Names {
    /// Says where a name is written, in place of where it was written before.
    pub(super) fn insert<'a>(
        &mut self,
        name: &str,
        place: Place,
        read: impl Fn(Place) -> Option<&'a str>,
    ) {
        let hasher = &self.hasher;
        let is_it = |held: &Place| read(*held) == Some(name);
        let again = |held: &Place| read(*held).map_or(0, |name| hasher.hash_one(name));
        match self.places.entry(hasher.hash_one(name), is_it, again) {
            Entry::Occupied(mut held) => *held.get_mut() = place,
            Entry::Vacant(room) => {
                room.insert(place);
            }
        }
    }

    /// Forgets a name, if it is written in this slot.
    pub(super) fn remove<'a>(
        &mut self,
        name: &str,
        slot: u32,
        read: impl Fn(Place) -> Option<&'a str>,
    ) {
        let is_it = |held: &Place| held.slot == slot && read(*held) == Some(name);
        if let Ok(held) = self.places.find_entry(self.hasher.hash_one(name), is_it) {
            held.remove();
        }
    }

    /// Where a name is written.
    pub(super) fn find<'a>(
        &self,
        name: &str,
        read: impl Fn(Place) -> Option<&'a str>,
    ) -> Option<Place> {
        let is_it = |held: &Place| read(*held) == Some(name);
        self.places.find(self.hasher.hash_one(name), is_it).copied()
    }

    /// Number of names.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }
}
