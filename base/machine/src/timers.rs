//! A table of very many timers: a hierarchical wheel over ticks of a millisecond, and a slab.
//!
//! The wheel has eight levels of 64 slots; a slot of level `n` spans 64^n ticks. A timer lies at
//! the level of the highest base-64 digit in which its tick differs from the present one, in the
//! slot of its own digit there. So all timers of a lower level are due before all of a higher
//! one, and two timers of the same tick always lie in the same slot in the order of their arming.
//! When time reaches a slot of level 0 it is *opened*: sorted by the exact instant and moved to
//! the list `due`. Slots of higher levels are spread over lower levels. What is armed for the
//! opened tick (or for the past) goes to the ordered set `late`. Hence timers leave the table in
//! the exact order of their instants, and those of one instant in the order of their arming.

mod slab;
mod slots;

use std::collections::BTreeSet;
use std::fmt;

use crate::Instant;
use slab::{Entry, Place, Slab};
use slots::{Slots, Spot};

pub use slab::TimerHandle;

/// Nanoseconds of a tick.
const TICK: u64 = 1_000_000;

/// Of the timers that share a slot with a cancelled one, so many at most are looked at to find
/// the slot's new earliest instant. With more of them it stays a lower bound.
const MOST_LOOKED_AT: usize = 16;

/// A table of timers, each with a key of the caller's.
///
/// `arm` and `cancel` take constant time, `pop_due` does so on average over a timer's life.
/// The table grows with the timers armed at once and keeps the memory of its largest size; who
/// arms timers bounds them by bounding what they belong to (calls, transactions, bindings).
pub struct TimerTable<K> {
    slab: Slab<K>,
    slots: Slots,
    /// The tick that is opened; the wheel holds later ones only.
    opened: u64,
    /// Timers of the opened tick in order: first and last of a list.
    due: Spot,
    /// Timers armed for the opened tick or before, since it was opened: instant, order, index.
    late: BTreeSet<(u64, u32, u32)>,
    /// Order of the next timer of `late` among those of the same instant.
    late_order: u32,
    /// Room for sorting a slot, kept between uses.
    sorting: Vec<u32>,
}

impl<K: Copy> TimerTable<K> {
    /// The most timers that can be armed at once.
    pub const MOST_TIMERS: usize = slab::MOST_ENTRIES;

    /// An empty table at [`Instant::ZERO`].
    pub fn new() -> TimerTable<K> {
        TimerTable::with_capacity(0)
    }

    /// An empty table with room for so many timers before it needs to grow.
    pub fn with_capacity(timers: usize) -> TimerTable<K> {
        TimerTable {
            slab: Slab::with_capacity(timers),
            slots: Slots::new(),
            opened: 0,
            due: Spot::EMPTY,
            late: BTreeSet::new(),
            late_order: 0,
            sorting: Vec::new(),
        }
    }

    /// Arms a timer. An instant in the past is due at once, in the order of the instants.
    ///
    /// # Panics
    /// With [`Self::MOST_TIMERS`] armed: over a hundred gigabytes of them.
    pub fn arm(&mut self, at: Instant, key: K) -> TimerHandle {
        let at = at.as_nanos();
        let (index, handle) = self.slab.insert(at, key);
        if at / TICK <= self.opened {
            if self.late.is_empty() {
                self.late_order = 0;
            }
            self.slab.entry_mut(index).place = Place::Late {
                order: self.late_order,
            };
            self.late.insert((at, self.late_order, index));
            self.late_order = self.late_order.wrapping_add(1);
        } else {
            self.slots.append(&mut self.slab, index, self.opened);
        }
        handle
    }

    /// Disarms a timer; false when it was popped or cancelled before.
    pub fn cancel(&mut self, handle: TimerHandle) -> bool {
        let Some(index) = self.slab.find(handle) else {
            return false;
        };
        let entry = self.slab.entry(index);
        match entry.place {
            Place::Free => return false,
            Place::Late { order } => {
                self.late.remove(&(entry.at, order, index));
            }
            Place::Due => self.due.unlink(&mut self.slab, index),
            Place::Wheel { level, slot } => {
                self.slots
                    .remove(&mut self.slab, index, level, slot, MOST_LOOKED_AT);
            }
        }
        self.slab.free(index);
        true
    }

    /// When an armed timer is due, and its key; nothing when it was popped or cancelled.
    pub fn get(&self, handle: TimerHandle) -> Option<(Instant, K)> {
        let entry = self.slab.entry(self.slab.find(handle)?);
        Some((Instant::from_nanos(entry.at), entry.key))
    }

    /// When to call [`Self::pop_due`] next: never later than the first timer's instant.
    ///
    /// It is that very instant unless the first timer of a crowded slot has been cancelled; then
    /// it may be earlier, and calling `pop_due` at that time makes it later.
    pub fn next(&self) -> Option<Instant> {
        match self.first_ready() {
            Some((at, _)) => Some(Instant::from_nanos(at)),
            None => self.slots.earliest().map(Instant::from_nanos),
        }
    }

    /// Takes the first timer that is due at `now`, with the instant it was armed for.
    ///
    /// Called until it gives nothing, it gives timers in the order of their instants; those of
    /// one instant in the order of their arming. Timers may be armed and cancelled between.
    pub fn pop_due(&mut self, now: Instant) -> Option<(Instant, K)> {
        let now = now.as_nanos();
        loop {
            if let Some((at, index)) = self.first_ready() {
                return (at <= now).then(|| self.pop_ready(index));
            }
            let Some((start, level, slot)) = self.slots.first() else {
                break;
            };
            if start > now / TICK {
                break;
            }
            self.opened = start;
            let spot = self.slots.take(level, slot);
            if level == 0 {
                self.open(spot);
            } else {
                self.spread(spot);
            }
        }
        // Nothing lies between: the wheel may be turned without touching it.
        self.opened = self.opened.max(now / TICK);
        None
    }

    /// Timers armed.
    pub fn len(&self) -> usize {
        self.slab.len()
    }

    /// Whether none is armed.
    pub fn is_empty(&self) -> bool {
        self.slab.len() == 0
    }

    /// The first timer outside the wheel: all of them are before all inside.
    fn first_ready(&self) -> Option<(u64, u32)> {
        let due = self
            .due
            .first()
            .map(|index| (self.slab.entry(index).at, index));
        let late = self.late.first().map(|&(at, _, index)| (at, index));
        match (due, late) {
            // Of one instant, the timers in `due` were armed before the tick was opened.
            (Some(due), Some(late)) => Some(if late.0 < due.0 { late } else { due }),
            (Some(one), None) | (None, Some(one)) => Some(one),
            (None, None) => None,
        }
    }

    fn pop_ready(&mut self, index: u32) -> (Instant, K) {
        let Entry { at, key, place, .. } = *self.slab.entry(index);
        match place {
            Place::Late { .. } => {
                self.late.pop_first();
            }
            Place::Due | Place::Wheel { .. } | Place::Free => {
                self.due.unlink(&mut self.slab, index);
            }
        }
        self.slab.free(index);
        (Instant::from_nanos(at), key)
    }

    /// Moves the timers of one tick to `due`, in the order of their instants.
    fn open(&mut self, spot: Spot) {
        let slab = &mut self.slab;
        self.sorting.clear();
        let mut next = spot.first();
        while let Some(index) = next {
            self.sorting.push(index);
            next = slab.next(index);
        }
        if !self.sorting.is_sorted_by_key(|&index| slab.entry(index).at) {
            // Stable: timers of one instant stay in the order of their arming.
            self.sorting.sort_by_key(|&index| slab.entry(index).at);
        }
        for &index in &self.sorting {
            slab.entry_mut(index).place = Place::Due;
            self.due.append(slab, index);
        }
    }

    /// Moves the timers of a slot to where they belong as seen from its beginning.
    fn spread(&mut self, spot: Spot) {
        let mut next = spot.first();
        while let Some(index) = next {
            next = self.slab.next(index);
            self.slots.append(&mut self.slab, index, self.opened);
        }
    }
}

impl<K: Copy> Default for TimerTable<K> {
    fn default() -> TimerTable<K> {
        TimerTable::new()
    }
}

impl<K: Copy> fmt::Debug for TimerTable<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let next = self.next();
        f.debug_struct("TimerTable")
            .field("len", &self.len())
            .field("next", &next)
            .finish()
    }
}
