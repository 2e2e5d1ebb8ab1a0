//! Which channels a recording has, and who is heard there.

use crate::tapped::Side;

/// Which channels a recording has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Two: each side its own.
    Apart,
    /// One: both sides added up.
    Mixed,
    /// One, and nobody but this side in it.
    Alone(Side),
}

impl Layout {
    /// Whether a side is heard there.
    pub(super) fn has(self, side: Side) -> bool {
        match self {
            Layout::Apart | Layout::Mixed => true,
            Layout::Alone(kept) => kept == side,
        }
    }
}
