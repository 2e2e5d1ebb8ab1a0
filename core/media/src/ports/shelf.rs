//! Port pairs sorted by what can be put on them, so that choosing one is not a search.

use std::collections::BTreeSet;

use super::range::Family;

/// What is on a pair, as far as it may take another leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// No leg.
    Unused,
    /// Legs whose peers have all been heard.
    Known,
    /// Some peer's address is declared but nothing came from it yet.
    Undecided,
}

/// Load, order of arrival, pair.
type Shelf = BTreeSet<(u16, u64, u32)>;

#[derive(Debug, Default)]
struct Side {
    unused: Shelf,
    known: Shelf,
    undecided: Shelf,
}

impl Side {
    fn shelf(&self, class: Class) -> &Shelf {
        match class {
            Class::Unused => &self.unused,
            Class::Known => &self.known,
            Class::Undecided => &self.undecided,
        }
    }

    fn shelf_mut(&mut self, class: Class) -> &mut Shelf {
        match class {
            Class::Unused => &mut self.unused,
            Class::Known => &mut self.known,
            Class::Undecided => &mut self.undecided,
        }
    }

    fn takes_more(&self) -> bool {
        !(self.unused.is_empty() && self.known.is_empty() && self.undecided.is_empty())
    }
}

#[derive(Clone, Copy, Debug)]
struct Spot {
    class: Class,
    load: u16,
    stamp: u64,
}

/// All shelves: one set per family and worker.
#[derive(Debug)]
pub(super) struct Shelves {
    v4: Vec<Side>,
    v6: Vec<Side>,
    spots: Vec<Option<Spot>>,
    stamp: u64,
}

impl Shelves {
    pub(super) fn new(workers: u8) -> Shelves {
        let sides = || (0..workers).map(|_| Side::default()).collect();
        Shelves {
            v4: sides(),
            v6: sides(),
            spots: Vec::new(),
            stamp: 0,
        }
    }

    fn sides(&self, family: Family) -> &[Side] {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    fn side_mut(&mut self, family: Family, worker: u8) -> Option<&mut Side> {
        let sides = match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        };
        sides.get_mut(usize::from(worker))
    }

    /// Moves a pair to where it belongs now; `None` = it takes no leg.
    pub(super) fn put(
        &mut self,
        pair: u32,
        family: Family,
        worker: u8,
        class: Option<Class>,
        load: u16,
    ) {
        let Ok(at) = usize::try_from(pair) else {
            return;
        };
        if self.spots.len() <= at {
            self.spots.resize(at + 1, None);
        }
        let before = self.spots.get(at).copied().flatten();
        self.stamp += 1;
        let after = class.map(|class| Spot {
            class,
            load,
            stamp: self.stamp,
        });
        if let Some(side) = self.side_mut(family, worker) {
            if let Some(spot) = before {
                side.shelf_mut(spot.class)
                    .remove(&(spot.load, spot.stamp, pair));
            }
            if let Some(spot) = after {
                side.shelf_mut(spot.class)
                    .insert((spot.load, spot.stamp, pair));
            }
        }
        if let Some(place) = self.spots.get_mut(at) {
            *place = after;
        }
    }

    /// Load and number of the pairs of a class: least loaded first, among equals the one that
    /// changed longest ago.
    pub(super) fn of(
        &self,
        family: Family,
        worker: u8,
        class: Class,
    ) -> impl Iterator<Item = (u16, u32)> + '_ {
        let side = self.sides(family).get(usize::from(worker));
        let shelf = side.map(|side| side.shelf(class).iter());
        shelf
            .into_iter()
            .flatten()
            .map(|(load, _, pair)| (*load, *pair))
    }

    /// The worker with the fewest endpoints among those that have a port to give.
    pub(super) fn emptiest(&self, family: Family, in_use: &[usize]) -> u8 {
        let sides = self.sides(family).iter().zip(in_use).enumerate();
        let open = sides.filter(|(_, (side, _))| side.takes_more());
        let best = open
            .min_by_key(|(_, (_, used))| **used)
            .map(|(worker, _)| worker);
        best.and_then(|worker| u8::try_from(worker).ok())
            .unwrap_or(0)
    }
}
