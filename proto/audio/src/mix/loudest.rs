//! Which members are heard: the loudest few, where whoever is heard has an advantage; and which of
//! them has the floor.

/// Frames for which another voice must be the loudest before it has the floor: 500 ms of 20 ms.
const FLOOR_AFTER: u32 = 25;

/// A member that would be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    place: usize,
    /// Mean square, with its advantage.
    score: u64,
}

/// The loudest members, found anew for each frame.
#[derive(Debug)]
pub(super) struct Loudest {
    /// Loudest first.
    chosen: Vec<Candidate>,
    most: usize,
}

impl Loudest {
    /// Room for so many members, at least one.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            chosen: Vec::with_capacity(most),
            most,
        }
    }

    /// Begins a frame: nobody is chosen.
    pub(super) fn clear(&mut self) {
        self.chosen.clear();
    }

    /// Offers a member with its mean square. One that was heard in the frame before counts as 3 dB
    /// louder than it is.
    pub(super) fn offer(&mut self, place: usize, mean_square: u32, was_heard: bool) {
        let score = u64::from(mean_square) << u32::from(was_heard);
        let louder = self.chosen.iter().take_while(|other| other.score >= score);
        let rank = louder.count();
        if rank >= self.most {
            return;
        }
        self.chosen.truncate(self.most - 1);
        self.chosen.insert(rank, Candidate { place, score });
    }

    /// Is this member among them?
    pub(super) fn has(&self, place: usize) -> bool {
        self.chosen.iter().any(|chosen| chosen.place == place)
    }

    /// The loudest of them.
    pub(super) fn first(&self) -> Option<usize> {
        self.chosen.first().map(|chosen| chosen.place)
    }
}

/// Who has the floor: whoever was the loudest for a while.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Floor {
    holder: Option<usize>,
    rival: Option<usize>,
    /// Frames in a row of the rival.
    rival_for: u32,
}

impl Floor {
    /// Takes the loudest member of a frame; true when the floor has gone to it.
    pub(super) fn hear(&mut self, loudest: Option<usize>) -> bool {
        if loudest == self.holder {
            self.rival_for = 0;
            return false;
        }
        self.rival_for = if loudest == self.rival {
            self.rival_for + 1
        } else {
            1
        };
        self.rival = loudest;
        if self.rival_for < FLOOR_AFTER {
            return false;
        }
        self.rival_for = 0;
        self.holder = loudest;
        true
    }

    /// Whoever has it.
    pub(super) fn holder(&self) -> Option<usize> {
        self.holder
    }

    /// This member is gone; true when it had the floor.
    pub(super) fn leave(&mut self, place: usize) -> bool {
        if self.rival == Some(place) {
            self.rival = None;
            self.rival_for = 0;
        }
        let had = self.holder == Some(place);
        if had {
            self.holder = None;
        }
        had
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_are_chosen_in_their_order() {
        let mut loudest = Loudest::new(3);
        for (place, level) in [(0, 5), (1, 9), (2, 1), (3, 7), (4, 8)] {
            loudest.offer(place, level, false);
        }
        let places: Vec<usize> = loudest.chosen.iter().map(|c| c.place).collect();
        assert_eq!(places, [1, 4, 3]);
        assert_eq!(loudest.first(), Some(1));
        assert!(loudest.has(3) && !loudest.has(0));
    }

    #[test]
    fn whoever_is_heard_yields_only_to_one_twice_as_strong() {
        let mut loudest = Loudest::new(1);
        for (rival, expected) in [(199, 0), (200, 0), (201, 1)] {
            loudest.clear();
            loudest.offer(0, 100, true);
            loudest.offer(1, rival, false);
            assert_eq!(loudest.first(), Some(expected), "{rival}");
        }
    }

    #[test]
    fn the_floor_goes_to_another_only_after_a_while() {
        let mut floor = Floor::default();
        for _ in 1..FLOOR_AFTER {
            assert!(!floor.hear(Some(4)));
        }
        assert!(floor.hear(Some(4)));
        // a word of somebody else changes nothing, and the next one counts from its beginning
        for _ in 0..2 {
            assert!(!floor.hear(Some(4)));
            for _ in 1..FLOOR_AFTER {
                assert!(!floor.hear(Some(5)));
            }
        }
        assert!(floor.hear(Some(5)));
        assert!(floor.leave(5) && !floor.leave(4));
        assert_eq!(floor.holder(), None);
    }
}
