//! Figures of some calls, and a floor that they are held against.

use super::{CALLS_MIN, Outcome, Sample};
use std::fmt;
use std::time::Duration;

/// What a trunk must reach. What is left out is not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// Answered calls of a hundred.
    pub answer_percent: Option<u8>,
    /// Longest mean delay until calls ring or are answered.
    pub post_dial: Option<Duration>,
    /// Lowest mean of how they sound, in hundredths of an opinion score.
    pub mos_x100: Option<u16>,
}

/// What some calls come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QualityFigures {
    /// Calls.
    pub calls: u32,
    /// Answered ones of a hundred, rounded down: those that were busy, that nobody answered and
    /// that the caller gave up are not (answer-seizure ratio, ITU-T E.425).
    pub answer_percent: Option<u8>,
    /// Of a hundred, those that the network brought to the called party, whatever that did then
    /// (network effectiveness ratio, likewise).
    pub effective_percent: Option<u8>,
    /// Mean delay until they rang or were answered, of those that did.
    pub post_dial: Option<Duration>,
    /// Mean of how they sounded, in hundredths, of those of which it is known.
    pub mos_x100: Option<u16>,
    /// How many that is known of.
    pub heard: u32,
    /// Mean length of answered calls that are over.
    pub talked: Option<Duration>,
}

/// Whether figures fall short of a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shortfall {
    /// Too few calls.
    Unknown,
    /// They reach it.
    None,
    /// They do not.
    Some,
}

impl QualityFigures {
    /// How they stand against a floor. Of how calls sound, too, so many must be known.
    pub(super) fn against(&self, floor: &Floor) -> Shortfall {
        let enough = |calls: u32| usize::try_from(calls).is_ok_and(|calls| calls >= CALLS_MIN);
        if !enough(self.calls) {
            return Shortfall::Unknown;
        }
        let few = below(self.answer_percent, floor.answer_percent);
        let slow = below(floor.post_dial, self.post_dial);
        let heard = self.mos_x100.filter(|_| enough(self.heard));
        let bad = below(heard, floor.mos_x100);
        match few || slow || bad {
            true => Shortfall::Some,
            false => Shortfall::None,
        }
    }
}

/// Whether something that is known is less than something that is asked.
fn below<T: PartialOrd>(one: Option<T>, other: Option<T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one < other)
}

impl fmt::Display for QualityFigures {
    /// In words: `12 % of 40 calls answered, rung after 2.5 s, sound 3.90`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.answer_percent.unwrap_or_default();
        write!(f, "{percent} % of {} calls answered", self.calls)?;
        if let Some(delay) = self.post_dial {
            let millis = delay.as_millis();
            write!(
                f,
                ", rung after {}.{} s",
                millis / 1_000,
                millis % 1_000 / 100
            )?;
        }
        match self.mos_x100 {
            Some(mos) => write!(f, ", sound {}.{:02}", mos / 100, mos % 100),
            None => Ok(()),
        }
    }
}

/// Sums over some calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    calls: u64,
    answered: u64,
    effective: u64,
    /// How many are known of each, and what they add up to.
    post_dial: (u64, u64),
    talked: (u64, u64),
    heard: (u64, u64),
}

impl Sum {
    pub(super) fn of<'a, K: 'a>(calls: impl Iterator<Item = &'a Sample<K>>) -> Sum {
        let mut sum = Sum::default();
        for call in calls {
            sum.calls += 1;
            sum.answered += u64::from(call.outcome == Outcome::Answered);
            sum.effective += u64::from(call.outcome != Outcome::Failed);
            add(&mut sum.post_dial, call.post_dial);
            add(&mut sum.talked, call.talked);
            add(&mut sum.heard, call.mos_x100.map(u32::from));
        }
        sum
    }

    pub(super) fn figures(&self) -> QualityFigures {
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        QualityFigures {
            calls: count(self.calls),
            answer_percent: percent(self.answered, self.calls),
            effective_percent: percent(self.effective, self.calls),
            post_dial: mean(self.post_dial).map(Duration::from_millis),
            mos_x100: mean(self.heard).and_then(|mos| u16::try_from(mos).ok()),
            heard: count(self.heard.0),
            talked: mean(self.talked).map(Duration::from_secs),
        }
    }
}

fn add((count, sum): &mut (u64, u64), value: Option<u32>) {
    if let Some(value) = value {
        *count += 1;
        *sum += u64::from(value);
    }
}

fn mean((count, sum): (u64, u64)) -> Option<u64> {
    sum.checked_div(count)
}

fn percent(part: u64, whole: u64) -> Option<u8> {
    u8::try_from((part * 100).checked_div(whole)?).ok()
}
