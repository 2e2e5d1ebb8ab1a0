//! The slots of the wheel: lists of timers, and per level a word that tells which are occupied.

use super::TICK;
use super::slab::{NONE, Place, Slab};

/// Bits of a tick that one level looks at.
const DIGIT_BITS: u32 = 6;

/// Slots of a level.
const SLOTS: usize = 1 << DIGIT_BITS;

/// Levels: 48 bits of ticks, where 2^64 nanoseconds have 45.
const LEVELS: usize = 8;

/// A doubly linked list through the slab.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    first: u32,
    last: u32,
}

impl Spot {
    pub(super) const EMPTY: Spot = Spot {
        first: NONE,
        last: NONE,
    };

    pub(super) fn first(&self) -> Option<u32> {
        (self.first != NONE).then_some(self.first)
    }

    /// Links a timer at the end; it must be in no list.
    pub(super) fn append<K: Copy>(&mut self, slab: &mut Slab<K>, index: u32) {
        let entry = slab.entry_mut(index);
        (entry.previous, entry.next) = (self.last, NONE);
        if self.last == NONE {
            self.first = index;
        } else {
            slab.entry_mut(self.last).next = index;
        }
        self.last = index;
    }

    /// Unlinks a timer of this list.
    pub(super) fn unlink<K: Copy>(&mut self, slab: &mut Slab<K>, index: u32) {
        let (previous, next) = (slab.entry(index).previous, slab.entry(index).next);
        if previous == NONE {
            self.first = next;
        } else {
            slab.entry_mut(previous).next = next;
        }
        if next == NONE {
            self.last = previous;
        } else {
            slab.entry_mut(next).previous = previous;
        }
    }
}

#[derive(Clone, Copy)]
struct Slot {
    spot: Spot,
    /// Not after the earliest timer of the slot, in nanoseconds; not before the slot begins.
    earliest: u64,
}

const EMPTY_SLOT: Slot = Slot {
    spot: Spot::EMPTY,
    earliest: u64::MAX,
};

pub(super) struct Slots {
    levels: Box<[[Slot; SLOTS]; LEVELS]>,
    /// A bit for each slot that has timers.
    occupied: [u64; LEVELS],
}

impl Slots {
    pub(super) fn new() -> Slots {
        Slots {
            levels: Box::new([[EMPTY_SLOT; SLOTS]; LEVELS]),
            occupied: [0; LEVELS],
        }
    }

    /// Puts a timer, which is in no list, into the slot where it belongs as seen from the tick
    /// `opened`. Its own tick must not be before that.
    pub(super) fn append<K: Copy>(&mut self, slab: &mut Slab<K>, index: u32, opened: u64) {
        let entry = slab.entry_mut(index);
        let at = entry.at;
        let tick = at / TICK;
        // The level of the highest digit that differs; level 0 when none does.
        let level = ((opened ^ tick) | 1).ilog2() / DIGIT_BITS;
        let slot = (tick >> (level * DIGIT_BITS)).to_le_bytes()[0] & 63;
        let level = level.to_le_bytes()[0];
        entry.place = Place::Wheel { level, slot };
        let (row, column) = (usize::from(level), usize::from(slot));
        let slot = &mut self.levels[row][column];
        slot.spot.append(slab, index);
        slot.earliest = slot.earliest.min(at);
        self.occupied[row] |= 1 << column;
    }

    /// Takes a timer out of its slot; of those that stay at most `most` are looked at.
    pub(super) fn remove<K: Copy>(
        &mut self,
        slab: &mut Slab<K>,
        index: u32,
        level: u8,
        slot: u8,
        most: usize,
    ) {
        let (row, column) = (usize::from(level), usize::from(slot));
        let slot = &mut self.levels[row][column];
        slot.spot.unlink(slab, index);
        if slot.spot.first().is_none() {
            *slot = EMPTY_SLOT;
            self.occupied[row] &= !(1 << column);
        } else if slab.entry(index).at == slot.earliest {
            slot.earliest = earliest_of(slab, slot.spot, most).unwrap_or(slot.earliest);
        }
    }

    /// Empties a slot; gives its list.
    pub(super) fn take(&mut self, level: usize, slot: usize) -> Spot {
        self.occupied[level] &= !(1 << slot);
        std::mem::replace(&mut self.levels[level][slot], EMPTY_SLOT).spot
    }

    /// The occupied slot that comes first: its first tick, its level and its place there.
    pub(super) fn first(&self) -> Option<(u64, usize, usize)> {
        let (level, slot) = self.first_occupied()?;
        let earliest = self.levels[level][slot].earliest;
        let shift = DIGIT_BITS * u32::try_from(level).unwrap_or(0);
        let start = ((earliest / TICK) >> shift) << shift;
        Some((start, level, slot))
    }

    /// Not after the earliest timer of all, in nanoseconds.
    pub(super) fn earliest(&self) -> Option<u64> {
        let (level, slot) = self.first_occupied()?;
        Some(self.levels[level][slot].earliest)
    }

    /// Level and place of the occupied slot that comes first. What a level holds comes before
    /// all that higher levels hold, and slots behind the present digit are empty.
    fn first_occupied(&self) -> Option<(usize, usize)> {
        let level = self.occupied.iter().position(|&bits| bits != 0)?;
        let slot = self.occupied[level].trailing_zeros();
        Some((level, usize::try_from(slot).unwrap_or(0)))
    }
}

/// The earliest instant of a list, unless it is longer than `most`.
fn earliest_of<K: Copy>(slab: &Slab<K>, spot: Spot, most: usize) -> Option<u64> {
    let mut earliest = u64::MAX;
    let mut next = spot.first();
    for _ in 0..most {
        let Some(index) = next else {
            return Some(earliest);
        };
        earliest = earliest.min(slab.entry(index).at);
        next = slab.next(index);
    }
    next.is_none().then_some(earliest)
}
