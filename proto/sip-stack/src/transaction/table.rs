//! Table: bounded slots that remember their generation, and an index by fingerprint.

use crate::fingerprint::FingerprintMap;

/// Where an entry lives; of another generation it means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot {
    index: u32,
    generation: u32,
}

impl Slot {
    /// The first slot in order.
    pub(super) const LOWEST: Self = Self {
        index: 0,
        generation: 0,
    };
    /// A slot no entry ever has.
    pub(super) const NOWHERE: Self = Self {
        index: u32::MAX,
        generation: u32::MAX,
    };
}

struct Cell<T> {
    generation: u32,
    entry: Option<(u128, T)>,
}

/// Entries found by slot or by a unique id.
pub(super) struct Table<T> {
    cells: Vec<Cell<T>>,
    free: Vec<u32>,
    by_id: FingerprintMap<Slot>,
    bound: u32,
}

impl<T> Table<T> {
    pub(super) fn with_bound(bound: u32) -> Self {
        Self {
            cells: Vec::new(),
            free: Vec::new(),
            by_id: FingerprintMap::default(),
            bound,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether no more entries fit.
    pub(super) fn is_full(&self) -> bool {
        u32::try_from(self.len()).is_ok_and(|len| len >= self.bound)
    }

    /// Adds an entry under an id that is new; nothing when the table is full.
    pub(super) fn insert(&mut self, id: u128, entry: T) -> Option<Slot> {
        let slot = self.open()?;
        self.by_id.insert(id, slot);
        if let Some(cell) = self.cell_mut(slot) {
            cell.entry = Some((id, entry));
        }
        Some(slot)
    }

    fn open(&mut self) -> Option<Slot> {
        if let Some(index) = self.free.pop() {
            let generation = self.cells.get(usize::try_from(index).ok()?)?.generation;
            return Some(Slot { index, generation });
        }
        let index = u32::try_from(self.cells.len()).ok()?;
        if index >= self.bound {
            return None;
        }
        self.cells.push(Cell {
            generation: 0,
            entry: None,
        });
        Some(Slot {
            index,
            generation: 0,
        })
    }

    fn cell_mut(&mut self, slot: Slot) -> Option<&mut Cell<T>> {
        let cell = self.cells.get_mut(usize::try_from(slot.index).ok()?)?;
        (cell.generation == slot.generation).then_some(cell)
    }

    pub(super) fn find(&self, id: u128) -> Option<Slot> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&T> {
        let cell = self.cells.get(usize::try_from(slot.index).ok()?)?;
        if cell.generation != slot.generation {
            return None;
        }
        cell.entry.as_ref().map(|(_, entry)| entry)
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.cell_mut(slot)?.entry.as_mut().map(|(_, entry)| entry)
    }

    pub(super) fn remove(&mut self, slot: Slot) -> Option<T> {
        let cell = self.cell_mut(slot)?;
        let (id, entry) = cell.entry.take()?;
        cell.generation = cell.generation.wrapping_add(1);
        self.by_id.remove(&id);
        self.free.push(slot.index);
        Some(entry)
    }

    /// All entries in the order of their slots.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &T)> {
        self.cells.iter().zip(0_u32..).filter_map(|(cell, index)| {
            let (_, entry) = cell.entry.as_ref()?;
            Some((
                Slot {
                    index,
                    generation: cell.generation,
                },
                entry,
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_slot_used_again_is_another_slot() {
        let mut table = Table::with_bound(1);
        let first = table.insert(7, 'a').unwrap();
        assert_eq!(table.insert(8, 'b'), None);
        assert_eq!(table.remove(first), Some('a'));
        let second = table.insert(8, 'b').unwrap();
        assert_ne!(first, second);
        assert_eq!(table.get(first), None);
        assert_eq!(table.remove(first), None);
        assert_eq!(table.find(7), None);
        assert_eq!(table.find(8), Some(second));
        assert_eq!(table.len(), 1);
        assert_eq!(
            table.iter().map(|(_, entry)| *entry).collect::<Vec<_>>(),
            ['b']
        );
        assert_eq!(table.get(Slot::NOWHERE), None);
    }
}
