//! How live calls have sounded lately, all of a tenant's at once.

use domain::{LegDirection, Party, QualitySample};
use ids::CallId;
use machine::WallTime;

/// Calls of which one answer tells, at most: those that sound worst.
pub const SOUNDS_MAX: usize = 200;

/// What one direction of a leg was for some seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lately {
    /// When the last of them ended.
    pub until: WallTime,
    /// What they were together.
    pub sample: QualitySample,
}

/// One leg of a live call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegLately {
    /// Its number in the call, from 0.
    pub leg: u8,
    /// Which way it was set up.
    pub direction: LegDirection,
    /// Who is at its other end.
    pub party: Party,
    /// From the party to the exchange.
    pub received: Option<Lately>,
    /// From the exchange to the party, as far as the party reported it.
    pub sent: Option<Lately>,
}

/// One live call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallLately {
    /// The call.
    pub call: CallId,
    /// Its legs of which something is known, in their order.
    pub legs: Vec<LegLately>,
}

impl CallLately {
    /// Its worst score, times 100; `None` where there is none.
    #[must_use]
    pub fn worst_x100(&self) -> Option<u16> {
        self.each().filter_map(|one| one.sample.mos_x100).min()
    }

    /// Up to when it is known how it sounded.
    #[must_use]
    pub fn until(&self) -> Option<WallTime> {
        self.each().map(|one| one.until).max()
    }

    fn each(&self) -> impl Iterator<Item = Lately> + '_ {
        let legs = self.legs.iter();
        legs.flat_map(|leg| [leg.received, leg.sent]).flatten()
    }
}

/// A tenant's live calls of which something is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundsLately {
    /// At most [`SOUNDS_MAX`], the worst first.
    pub calls: Vec<CallLately>,
    /// How many more there are.
    pub left_out: usize,
}

impl SoundsLately {
    /// The worst of all calls.
    #[must_use]
    pub fn of(mut calls: Vec<CallLately>) -> SoundsLately {
        let unscored = u16::MAX;
        calls.sort_by_key(|one| (one.worst_x100().unwrap_or(unscored), one.call));
        let left_out = calls.len().saturating_sub(SOUNDS_MAX);
        calls.truncate(SOUNDS_MAX);
        SoundsLately { calls, left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: u64, mos_x100: Option<u16>) -> CallLately {
        let sample = QualitySample {
            mos_x100,
            ..QualitySample::default()
        };
        let until = WallTime::from_unix_ms(1_000);
        CallLately {
            call: CallId::new(number, 1),
            legs: vec![LegLately {
                leg: 0,
                direction: LegDirection::Incoming,
                party: Party::default(),
                received: Some(Lately { until, sample }),
                sent: None,
            }],
        }
    }

    #[test]
    fn of_too_many_calls_the_worst_are_told_of_and_the_others_counted() {
        let good = (1..=200).map(|number| call(number, Some(441)));
        let others = [call(900, None), call(901, Some(210)), call(902, Some(300))];
        let told = SoundsLately::of(good.chain(others).collect());
        assert_eq!((told.calls.len(), told.left_out), (SOUNDS_MAX, 3));
        let worst = told.calls.iter().take(3).map(CallLately::worst_x100);
        let worst: Vec<_> = worst.collect();
        assert_eq!(worst, [Some(210), Some(300), Some(441)]);
        let unscored = told.calls.iter().any(|one| one.worst_x100().is_none());
        assert!(!unscored, "a call without a score comes last");
    }
}
