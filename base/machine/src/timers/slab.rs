//! The timers themselves in one vector, with a list of free places and the links of all lists.

use std::num::NonZeroU32;

/// A link to nowhere.
pub(super) const NONE: u32 = u32::MAX;

/// The most entries a slab can have: their indices stay below [`NONE`].
pub(super) const MOST_ENTRIES: usize = 0xffff_ffff;

/// Names an armed timer. After the timer was popped or cancelled it names nothing, until its
/// place has been used four billion times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerHandle {
    index: u32,
    generation: NonZeroU32,
}

/// Where a timer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere; the place may be used again.
    Free,
    /// In a slot of the wheel.
    Wheel { level: u8, slot: u8 },
    /// In the list of the opened tick.
    Due,
    /// In the ordered set, with this order among timers of its instant.
    Late { order: u32 },
}

#[derive(Clone, Copy)]
pub(super) struct Entry<K> {
    /// Nanoseconds since the node's start.
    pub(super) at: u64,
    pub(super) key: K,
    pub(super) place: Place,
    generation: NonZeroU32,
    pub(super) previous: u32,
    /// The next of the same list; of a free place the next free one.
    pub(super) next: u32,
}

pub(super) struct Slab<K> {
    entries: Vec<Entry<K>>,
    free: u32,
    used: usize,
}

impl<K: Copy> Slab<K> {
    pub(super) fn with_capacity(entries: usize) -> Slab<K> {
        Slab {
            entries: Vec::with_capacity(entries),
            free: NONE,
            used: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// Puts in a timer that is in no list yet.
    pub(super) fn insert(&mut self, at: u64, key: K) -> (u32, TimerHandle) {
        self.used += 1;
        if self.free != NONE {
            let index = self.free;
            let entry = self.entry_mut(index);
            let (generation, next_free) = (entry.generation, entry.next);
            (entry.at, entry.key) = (at, key);
            self.free = next_free;
            return (index, TimerHandle { index, generation });
        }
        let index = u32::try_from(self.entries.len()).unwrap_or(NONE);
        assert!(
            index != NONE,
            "no more than {MOST_ENTRIES} timers can be armed at once"
        );
        let generation = NonZeroU32::MIN;
        let (previous, next) = (NONE, NONE);
        self.entries.push(Entry {
            at,
            key,
            place: Place::Free,
            generation,
            previous,
            next,
        });
        (index, TimerHandle { index, generation })
    }

    /// The index of an armed timer.
    pub(super) fn find(&self, handle: TimerHandle) -> Option<u32> {
        let entry = self.entries.get(place(handle.index))?;
        let armed = entry.generation == handle.generation && entry.place != Place::Free;
        armed.then_some(handle.index)
    }

    /// Gives a place back; its handles name nothing from now on.
    pub(super) fn free(&mut self, index: u32) {
        let free = self.free;
        let entry = self.entry_mut(index);
        entry.place = Place::Free;
        entry.generation = entry.generation.checked_add(1).unwrap_or(NonZeroU32::MIN);
        entry.next = free;
        self.free = index;
        self.used -= 1;
    }

    pub(super) fn entry(&self, index: u32) -> &Entry<K> {
        &self.entries[place(index)]
    }

    pub(super) fn entry_mut(&mut self, index: u32) -> &mut Entry<K> {
        &mut self.entries[place(index)]
    }

    /// The one after this in its list.
    pub(super) fn next(&self, index: u32) -> Option<u32> {
        let next = self.entry(index).next;
        (next != NONE).then_some(next)
    }
}

/// An index as the vector wants it: a u32 fits wherever four billion timers do.
fn place(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}
