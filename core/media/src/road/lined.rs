//! How far a leg has come in what it hears from its line.

use machine::{Instant, TimerHandle};

/// How far a leg has come in what it hears from its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lined {
    /// The numbers of the next packet as a source; what is sent bears those of the leg's stream.
    pub(super) seq: u16,
    pub(super) ts: u32,
    /// When the next frame is due.
    pub(super) due: Instant,
    pub(super) timer: TimerHandle,
}
