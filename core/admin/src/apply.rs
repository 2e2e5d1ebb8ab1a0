//! Whole accounts as one readable text: taken out, compared, and put in again.
//!
//! A [`Snapshot`] holds documents without ids and without secrets: they refer to each other by
//! name, so the same text fits an empty exchange and the one it came from. [`plan`] tells what
//! [`carry_out`] would do; carrying out twice changes nothing the second time.

mod carry_out;
mod existing;
mod export;
mod names;
mod order;
mod pile;
mod progress;
mod snapshot;
mod step;

pub use carry_out::{Applied, carry_out, plan};
pub(crate) use carry_out::{differences, supplied};
pub(crate) use export::every;
pub use export::{What, export};
pub(crate) use names::each_reference;
pub use pile::Pile;
pub use progress::Progress;
pub use snapshot::{Entry, FORMAT, Snapshot};
pub use step::{Act, Step, Sums, Trouble};
