//! The contract of every state machine, and what machines are built of.
//!
//! A [`Machine`] takes an input and the present [`Instant`], appends its outputs to a list and
//! names the next [`Deadline`] at which it wants to be woken. It has no clock, no randomness and
//! no input or output of its own, so the same inputs at the same instants give the same outputs:
//! in production, in a test under [`harness::Driver`], and in a replay.

mod deadline;
pub mod fair;
mod generations;
pub mod harness;
mod instant;
mod leak;
mod queue;
mod random;
mod timers;
mod wall;

pub use deadline::{Deadline, Machine, earliest};
pub use fair::FairQueue;
pub use generations::Generations;
pub use instant::Instant;
pub use leak::Leak;
pub use queue::{Full, Queue};
pub use random::Random;
pub use timers::{TimerHandle, TimerTable};
pub use wall::{Clock, ParseWallTimeError, WallTime, rfc3339};
