//! What one source did lately.

use machine::{Instant, Leak};

/// What is held against a source, and what speaks for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watched {
    /// Points against it.
    pub(crate) points: Leak,
    /// Answered failures.
    pub(crate) failures: Leak,
    /// Answered requests without a proof.
    pub(crate) asks: Leak,
    /// Until when it counts as one that has proved itself.
    pub(crate) proved_until: Instant,
}
