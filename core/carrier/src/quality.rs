//! How well a trunk does: what came of its latest calls.
//!
//! A [`Quality`] remembers the latest calls by one trunk, whoever made them, and tells figures of
//! them: answer-seizure ratio, network effectiveness (ITU-T E.425), post-dial delay (E.721), how
//! they sounded and how long they lasted.
//!
//! Several parties may share a trunk, and one that dials bad numbers all day must not push the
//! others off it. So where there are others, the memory holds a quarter of one party's at most for
//! long; and a trunk falls short for a party only if it does so without each other party's calls as
//! well. What one neighbour does is never the reason.

mod figures;
mod row;

pub use figures::{Floor, QualityFigures};

use figures::{Shortfall, Sum};
use machine::WallTime;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Calls of one trunk that are remembered.
pub const CALLS_MAX: usize = 100;
/// How long a call is remembered.
pub const REMEMBERED: Duration = Duration::from_secs(3_600);
/// Calls of one party that count where there are others: a quarter of all.
pub const PARTY_MAX: usize = CALLS_MAX / 4;
/// Fewest calls that say how a trunk does.
pub const CALLS_MIN: usize = 20;
/// Of how many calls that would pass a trunk over one tries it all the same.
pub const TRIAL_EVERY: u32 = 20;
/// Parties of which it is remembered how often they passed a trunk over; beyond it all begin anew.
const PASSING_MAX: usize = 1_000;

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// The called party was busy.
    Busy,
    /// Nobody answered in time, or the caller gave up before.
    Unanswered,
    /// The called party would not have it.
    Rejected,
    /// The network did not get it there: its failures, silence, and numbers that nobody has.
    Failed,
}

impl Outcome {
    /// What a final answer that is no success says.
    #[must_use]
    pub fn of_status(status: u16) -> Outcome {
        match status {
            486 | 600 => Outcome::Busy,
            480 | 487 => Outcome::Unanswered,
            603 | 607 | 608 => Outcome::Rejected,
            _ => Outcome::Failed,
        }
    }
}

/// How a trunk stands against a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Too few calls say how it does.
    Unknown,
    /// It does as well as is asked.
    Reaches,
    /// It does worse; with what was measured.
    FallsShort(QualityFigures),
    /// Likewise, but it is this call's turn to try it.
    OnTrial(QualityFigures),
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample<K> {
    /// Rises from each call to the next.
    number: u64,
    who: K,
    at: WallTime,
    outcome: Outcome,
    /// Milliseconds until it rang or was answered.
    post_dial: Option<u32>,
    /// Seconds that it lasted, once it is over.
    talked: Option<u32>,
    /// How it sounded, in hundredths.
    mos_x100: Option<u16>,
}

/// The latest calls by one trunk.
#[derive(Clone, Debug)]
pub struct Quality<K> {
    /// The oldest first.
    calls: VecDeque<Sample<K>>,
    next: u64,
    /// How often each party has passed it over since it was tried last.
    passed: BTreeMap<K, u32>,
}

impl<K> Default for Quality<K> {
    fn default() -> Quality<K> {
        Quality {
            calls: VecDeque::new(),
            next: 0,
            passed: BTreeMap::new(),
        }
    }
}

impl<K: Copy + Ord> Quality<K> {
    /// Notes what came of a party's call, and how long that took until it rang or was answered.
    /// Gives the number under which more may be told of it.
    pub fn note(
        &mut self,
        who: K,
        outcome: Outcome,
        post_dial: Option<Duration>,
        at: WallTime,
    ) -> u64 {
        self.forget(at);
        if self.calls.len() >= CALLS_MAX {
            let most = self.greediest();
            let place = self.calls.iter().position(|call| Some(call.who) == most);
            self.calls.remove(place.unwrap_or_default());
        }
        let number = self.next;
        self.next += 1;
        let millis = |delay: Duration| u32::try_from(delay.as_millis()).unwrap_or(u32::MAX - 1);
        self.calls.push_back(Sample {
            number,
            who,
            at,
            outcome,
            post_dial: post_dial.map(millis),
            talked: None,
            mos_x100: None,
        });
        number
    }

    /// A call that was answered is over.
    pub fn talked(&mut self, number: u64, talked: Duration) {
        if let Some(call) = self.find(number) {
            call.talked = Some(u32::try_from(talked.as_secs()).unwrap_or(u32::MAX - 1));
        }
    }

    /// It is known how a call sounded, in hundredths of an opinion score.
    pub fn heard(&mut self, number: u64, mos_x100: u16) {
        if let Some(call) = self.find(number) {
            call.mos_x100 = Some(mos_x100);
        }
    }

    /// What all parties' calls come to, each party's counted as far as its share goes.
    pub fn figures(&self, at: WallTime) -> QualityFigures {
        Sum::of(self.counted(None, at)).figures()
    }

    /// How the trunk stands for a party. Its own calls all count, and of each other party's the
    /// latest as far as its share goes; it falls short only if it does without each of them too.
    pub fn judge(&self, who: K, floor: &Floor, at: WallTime) -> Verdict {
        let counted: Vec<&Sample<K>> = self.counted(Some(who), at).collect();
        let others: BTreeSet<K> = counted.iter().map(|call| call.who).collect();
        let without = others.into_iter().filter(|other| *other != who);
        let worst = std::iter::once(None).chain(without.map(Some));
        for left_out in worst {
            let calls = counted.iter().filter(|call| Some(call.who) != left_out);
            match Sum::of(calls.copied()).figures().against(floor) {
                Shortfall::Unknown => return Verdict::Unknown,
                Shortfall::None => return Verdict::Reaches,
                Shortfall::Some => {}
            }
        }
        let figures = Sum::of(counted.into_iter()).figures();
        let passed = self.passed.get(&who).copied().unwrap_or_default();
        match passed + 1 < TRIAL_EVERY {
            true => Verdict::FallsShort(figures),
            false => Verdict::OnTrial(figures),
        }
    }

    /// A party's call passed the trunk over, or tried it though it falls short.
    pub fn passed_over(&mut self, who: K, tried: bool) {
        if tried {
            self.passed.remove(&who);
            return;
        }
        if self.passed.len() >= PASSING_MAX && !self.passed.contains_key(&who) {
            self.passed.clear();
        }
        let turns = self.passed.entry(who).or_default();
        *turns = turns.saturating_add(1);
    }

    /// Whether nothing is remembered that still counts.
    pub fn is_idle(&mut self, at: WallTime) -> bool {
        self.forget(at);
        self.calls.is_empty()
    }

    /// The parties that have made one of the calls.
    pub fn parties(&self) -> BTreeSet<K> {
        self.calls.iter().map(|call| call.who).collect()
    }

    /// The calls that count, the latest first: of one party's all, of each other's a share.
    fn counted(&self, whole: Option<K>, at: WallTime) -> impl Iterator<Item = &Sample<K>> {
        let alone = self.parties().len() <= 1;
        let mut counts: BTreeMap<K, usize> = BTreeMap::new();
        let fresh = move |call: &&Sample<K>| call.is_fresh(at);
        self.calls.iter().rev().filter(fresh).filter(move |call| {
            let count = counts.entry(call.who).or_default();
            *count += 1;
            alone || Some(call.who) == whole || *count <= PARTY_MAX
        })
    }

    /// The party whose oldest call makes room: the one that has most, if that is more than its
    /// share and there are others; else whoever has the oldest.
    fn greediest(&self) -> Option<K> {
        let mut counts: BTreeMap<K, usize> = BTreeMap::new();
        for call in &self.calls {
            *counts.entry(call.who).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        let greedy = most.filter(|(_, count)| *count > PARTY_MAX);
        let oldest = self.calls.front().map(|call| call.who);
        greedy.map(|(who, _)| who).or(oldest)
    }

    fn find(&mut self, number: u64) -> Option<&mut Sample<K>> {
        let place = self.calls.binary_search_by_key(&number, |call| call.number);
        self.calls.get_mut(place.ok()?)
    }

    fn forget(&mut self, at: WallTime) {
        self.calls.retain(|call| call.is_fresh(at));
    }
}

impl<K> Sample<K> {
    fn is_fresh(&self, at: WallTime) -> bool {
        at.saturating_since(self.at) < REMEMBERED
    }
}
