//! The loop's clock: real monotonic time as the machines' virtual instants.

use machine::Instant;

/// Turns the host's monotonic time into [`Instant`]s counted from a zero shared by all threads of
/// a node. Copy one clock to every loop, so that their instants can be compared.
#[derive(Debug, Clone, Copy)]
pub struct LoopClock {
    zero: std::time::Instant,
}

impl LoopClock {
    /// A clock whose zero is this very moment.
    #[must_use]
    pub fn start() -> LoopClock {
        LoopClock {
            zero: std::time::Instant::now(),
        }
    }

    /// A clock whose zero is `zero`; moments before it all read as [`Instant::ZERO`].
    #[must_use]
    pub fn from_zero(zero: std::time::Instant) -> LoopClock {
        LoopClock { zero }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        let elapsed = std::time::Instant::now().saturating_duration_since(self.zero);
        // 2^64 ns are 584 years; a node does not run that long
        Instant::from_nanos(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX))
    }
}
