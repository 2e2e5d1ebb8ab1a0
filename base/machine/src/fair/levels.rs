//! Which share has the longest backlog: shares in lists by level, found and moved in constant time.

/// No share.
const NONE: usize = usize::MAX;

/// Where one share stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    level: usize,
    before: usize,
    after: usize,
}

/// Shares by level. A move of a share by some levels costs as many steps at most, and is paid for
/// by the items that came.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    /// The first share of each level, from level 1 on.
    heads: Vec<usize>,
    places: Vec<Place>,
    top: usize,
}

impl Levels {
    /// Puts a share at a level; at level 0 it is in no list.
    pub(super) fn place(&mut self, share: usize, level: usize) {
        while self.places.len() <= share {
            self.places.push(Place {
                level: 0,
                before: NONE,
                after: NONE,
            });
        }
        let Some(place) = self.places.get(share).copied() else {
            return;
        };
        if place.level == level {
            return;
        }
        self.unlink(place);
        self.link(share, level);
        self.top = self.top.max(level);
        while self.top > 0 && self.head(self.top) == NONE {
            self.top -= 1;
        }
    }

    /// A share of the highest level.
    pub(super) fn top(&self) -> Option<usize> {
        Some(self.head(self.top)).filter(|share| *share != NONE)
    }

    fn head(&self, level: usize) -> usize {
        let at = level.checked_sub(1);
        at.and_then(|at| self.heads.get(at).copied())
            .unwrap_or(NONE)
    }

    fn set_head(&mut self, level: usize, share: usize) {
        let Some(at) = level.checked_sub(1) else {
            return;
        };
        if self.heads.len() <= at {
            self.heads.resize(at + 1, NONE);
        }
        if let Some(head) = self.heads.get_mut(at) {
            *head = share;
        }
    }

    fn unlink(&mut self, place: Place) {
        if place.level == 0 {
            return;
        }
        if let Some(after) = self.places.get_mut(place.after) {
            after.before = place.before;
        }
        match self.places.get_mut(place.before) {
            Some(before) => before.after = place.after,
            None => self.set_head(place.level, place.after),
        }
    }

    fn link(&mut self, share: usize, level: usize) {
        let after = self.head(level);
        if let Some(next) = self.places.get_mut(after) {
            next.before = share;
        }
        self.set_head(level, share);
        if let Some(place) = self.places.get_mut(share) {
            *place = Place {
                level,
                before: NONE,
                after,
            };
        }
    }
}
