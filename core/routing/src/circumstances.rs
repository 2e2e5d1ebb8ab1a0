//! What a plan depends on besides documents: the time, and how trunks have done lately.

use domain::QualityFloor;
use ids::TrunkId;
use machine::WallTime;

/// How a trunk stands against a floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Too few calls say how it does.
    Unknown,
    /// It does as well as is asked, or better.
    Reaches,
    /// It does worse; in words, such as `12 % of 40 calls answered`.
    FallsShort(String),
    /// It does worse, and is tried in its place this time all the same, so that it may recover.
    OnTrial(String),
}

/// Whoever knows how trunks have done with their latest calls.
pub trait Measured {
    /// How a trunk stands against a floor, for the company whose call is planned.
    fn judge(&self, trunk: TrunkId, floor: &QualityFloor) -> Judgement;
}

/// What a plan depends on besides documents.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    /// When the request is made.
    pub(crate) at: WallTime,
    /// How trunks have done lately; `None` where nobody knows.
    pub(crate) measured: Option<&'a dyn Measured>,
}
