//! What became of a lot of calls when they were asked again.

use std::collections::BTreeMap;

use machine::WallTime;
use ports::Cursor;

use super::difference::{Change, Difference, Help};
use super::past::{Unasked, Unreplayed};

/// How many calls were looked at, and what of them differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Calls looked at.
    pub calls: usize,
    /// Those that would go the same way.
    pub same: usize,
    /// Those that would not, by how.
    pub different: BTreeMap<Change, usize>,
    /// Calls for help among them that would not complete.
    pub help_stopped: usize,
    /// Those that were not asked again, by why not.
    pub not_replayed: BTreeMap<Unasked, usize>,
}

impl Sums {
    /// Adds those of other calls.
    pub fn add(&mut self, other: &Sums) {
        self.calls += other.calls;
        self.same += other.same;
        self.help_stopped += other.help_stopped;
        for (change, count) in &other.different {
            *self.different.entry(*change).or_default() += count;
        }
        for (reason, count) in &other.not_replayed {
            *self.not_replayed.entry(*reason).or_default() += count;
        }
    }
}

/// What was found of some calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// The sums.
    pub sums: Sums,
    /// The calls that would differ: those for help that would not complete first, then others for
    /// help, then all others; the latest first among those alike.
    pub differences: Vec<Difference>,
    /// The calls that were not asked again, those for help first.
    pub unreplayed: Vec<Unreplayed>,
    /// When the last of them was, which is the earliest.
    pub earliest: Option<WallTime>,
    /// Where the next ones begin; `None` when these were the last.
    pub next: Option<Cursor>,
}

impl Replayed {
    /// Adds a call that was asked again.
    pub(super) fn add(&mut self, difference: Option<Difference>) {
        self.sums.calls += 1;
        let Some(difference) = difference else {
            self.sums.same += 1;
            return;
        };
        *self.sums.different.entry(difference.change).or_default() += 1;
        self.sums.help_stopped += usize::from(difference.help == Some(Help::Stopped));
        self.differences.push(difference);
    }

    /// Adds a call that was not.
    pub(super) fn leave(&mut self, unreplayed: Unreplayed) {
        self.sums.calls += 1;
        let reason = unreplayed.reason;
        *self.sums.not_replayed.entry(reason).or_default() += 1;
        self.unreplayed.push(unreplayed);
    }

    /// Puts calls for help before all others.
    pub fn in_order(&mut self) {
        let urgency = |difference: &Difference| {
            difference.help.map_or(2, |help| match help {
                Help::Stopped => 0,
                Help::Changed => 1,
            })
        };
        // stable, so that calls that are alike stay in the order of their times
        self.differences.sort_by_key(urgency);
        self.unreplayed.sort_by_key(|call| !call.for_help);
    }
}
