//! In which order an outbound route tries its trunks, and how well they must do for that.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};

/// Longest post-dial delay that a floor allows, in seconds.
const POST_DIAL_MAX: u16 = 60;
/// Worst and best estimate of quality, in hundredths (ITU-T P.800).
const MOS_RANGE: std::ops::RangeInclusive<u16> = 100..=500;

/// In which order an outbound route tries its trunks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkOrder {
    /// As they are listed.
    #[default]
    AsListed,
    /// The one first by which three minutes to the number cost least, as the rate decks of the
    /// trunks say. Those of which no price is known, or only one in another currency than that of
    /// the first, come last. Equal ones stay as they are listed.
    LeastCost,
    /// As they are listed, but those that do worse than the floor last.
    Quality,
}

/// How well a trunk must have done with its latest calls. One that did worse in anything that is
/// said here is tried behind all others, until it has recovered: every twentieth call of a company
/// tries it in its place. Fewer than 20 calls within the latest hour say nothing of a trunk, and
/// neither do those of one other company alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct QualityFloor {
    /// How many of a hundred calls must have been answered, 1 to 100.
    #[schema(minimum = 1, maximum = 100, example = 40)]
    pub answer_percent: Option<u8>,
    /// How long it may take on average until it rings or is answered, 1 to 60 seconds.
    #[schema(minimum = 1, maximum = 60, example = 6)]
    pub post_dial_seconds: Option<u16>,
    /// How good calls must have sounded on average, 100 to 500 hundredths of an opinion score.
    #[schema(minimum = 100, maximum = 500, example = 350)]
    pub mos_x100: Option<u16>,
}

impl QualityFloor {
    /// Checks it, naming fields below `/floor`.
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let some = *self != QualityFloor::default();
        rule(some, "/floor", "must say what trunks must reach")?;
        let percent = self.answer_percent.is_none_or(|n| (1..=100).contains(&n));
        rule(percent, "/floor/answer_percent", "must be 1 to 100")?;
        let seconds = self.post_dial_seconds;
        rule(
            seconds.is_none_or(|n| (1..=POST_DIAL_MAX).contains(&n)),
            "/floor/post_dial_seconds",
            "must be 1 to 60 seconds",
        )?;
        let mos = self.mos_x100.is_none_or(|n| MOS_RANGE.contains(&n));
        rule(mos, "/floor/mos_x100", "must be 100 to 500")
    }
}
