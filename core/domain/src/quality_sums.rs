//! How many legs of calls sounded, as sums of which averages and shares are made.

use serde::{Deserialize, Serialize};

/// A leg counts as poor below this mean opinion score (ITU-T G.107), times 100: 3.6 is where
/// G.109 says that many users are dissatisfied.
pub const POOR_MOS_X100: u16 = 360;

/// What a share is counted in: hundredths of a per cent.
const WHOLE: u64 = 10_000;

/// Sums over legs of calls. Two of them are put together by adding, but for the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualitySums {
    /// Calls that were answered.
    pub calls: u64,
    /// Legs of them that were answered.
    pub legs: u64,
    /// How long those lasted from their answers on, seconds in all.
    pub seconds: u64,
    /// Legs of which there is a score.
    pub scored: u64,
    /// Those scores added up, each the lower one of the leg's directions, times 100.
    pub mos_x100: u64,
    /// The lowest of them.
    pub worst_x100: Option<u16>,
    /// Legs below [`POOR_MOS_X100`].
    pub poor: u64,
    /// Packets that should have come, in both directions.
    pub expected: u64,
    /// Those of them that were lost.
    pub lost: u64,
    /// Interarrival jitter (RFC 3550 §6.4.1), tenths of a millisecond, of each second added up.
    pub jitter: u64,
    /// Seconds of which it is known.
    pub jitter_seconds: u64,
    /// Milliseconds to the peer and back, of each second added up.
    pub round_trip_ms: u64,
    /// Seconds of which they are known.
    pub trip_seconds: u64,
    /// How often a party was not heard while the other was.
    pub one_way: u64,
    /// Frames that were made up on the way into another codec.
    pub concealed: u64,
}

impl QualitySums {
    /// Takes others in.
    pub fn add(&mut self, other: &QualitySums) {
        let plus = |one: &mut u64, other: u64| *one = one.saturating_add(other);
        plus(&mut self.calls, other.calls);
        plus(&mut self.legs, other.legs);
        plus(&mut self.seconds, other.seconds);
        plus(&mut self.scored, other.scored);
        plus(&mut self.mos_x100, other.mos_x100);
        plus(&mut self.poor, other.poor);
        plus(&mut self.expected, other.expected);
        plus(&mut self.lost, other.lost);
        plus(&mut self.jitter, other.jitter);
        plus(&mut self.jitter_seconds, other.jitter_seconds);
        plus(&mut self.round_trip_ms, other.round_trip_ms);
        plus(&mut self.trip_seconds, other.trip_seconds);
        plus(&mut self.one_way, other.one_way);
        plus(&mut self.concealed, other.concealed);
        let worst = self.worst_x100.into_iter().chain(other.worst_x100);
        self.worst_x100 = worst.min();
    }

    /// The score of a leg in the mean, times 100; `None` without any.
    #[must_use]
    pub fn mean_x100(&self) -> Option<u64> {
        mean(self.mos_x100, self.scored)
    }

    /// Legs below [`POOR_MOS_X100`] of those with a score, hundredths of a per cent.
    #[must_use]
    pub fn poor_share(&self) -> Option<u64> {
        mean(self.poor.saturating_mul(WHOLE), self.scored)
    }

    /// Packets lost of those that should have come, hundredths of a per cent.
    #[must_use]
    pub fn lost_share(&self) -> Option<u64> {
        mean(self.lost.saturating_mul(WHOLE), self.expected)
    }

    /// Jitter of a second in the mean, tenths of a millisecond.
    #[must_use]
    pub fn mean_jitter(&self) -> Option<u64> {
        mean(self.jitter, self.jitter_seconds)
    }

    /// Milliseconds to the peer and back in the mean.
    #[must_use]
    pub fn mean_round_trip_ms(&self) -> Option<u64> {
        mean(self.round_trip_ms, self.trip_seconds)
    }
}

/// What one has in the mean, to the nearest whole number; `None` where there is none.
fn mean(sum: u64, number: u64) -> Option<u64> {
    sum.saturating_add(number / 2).checked_div(number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sums_add_up_and_the_worst_stays_the_worst() {
        let one = QualitySums {
            calls: 1,
            legs: 2,
            scored: 2,
            mos_x100: 700,
            worst_x100: Some(290),
            poor: 1,
            expected: 3_000,
            lost: 45,
            jitter: 55,
            jitter_seconds: 10,
            ..QualitySums::default()
        };
        let mut both = QualitySums::default();
        both.add(&one);
        both.add(&one);
        assert_eq!((both.calls, both.legs, both.worst_x100), (2, 4, Some(290)));
        assert_eq!(both.mean_x100(), Some(350));
        assert_eq!(both.poor_share(), Some(5_000), "half of the legs");
        assert_eq!(both.lost_share(), Some(150), "1.5 per cent");
        assert_eq!(both.mean_jitter(), Some(6), "rounded");
        assert_eq!(both.mean_round_trip_ms(), None);
    }

    #[test]
    fn nothing_has_no_average_and_no_share() {
        let nothing = QualitySums::default();
        assert_eq!(nothing.mean_x100(), None);
        assert_eq!(nothing.poor_share(), None);
        assert_eq!(nothing.lost_share(), None);
        assert_eq!(nothing.worst_x100, None);
    }
}
