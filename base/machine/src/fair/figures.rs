//! What a fair queue counts.

/// Counters since the making of a [`FairQueue`](super::FairQueue), and what waits now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FairFigures {
    /// Items ever taken in.
    pub accepted: u64,
    /// Items ever refused, also after they had been taken in.
    pub refused: u64,
    /// Items waiting now.
    pub waiting: usize,
    /// The most items that ever waited at once.
    pub high_water: usize,
    /// Keys known now: with something waiting, or something owed.
    pub keys: usize,
}
