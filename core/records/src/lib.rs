//! From what happens in a call to its one record.
//!
//! A [`Recorder`] folds the events of one call into a [`domain::Cdr`] and marks in the journal what
//! must not be lost. [`recover`] closes, after a crash, the records of the calls that died with the
//! process. Between the two every call gets exactly one record: the record's id is minted when the
//! call begins, and the store keeps each id once.

mod news;
mod recorder;
mod recovery;
mod wording;

pub use recorder::{LegDetails, Recorder};
pub use recovery::recover;

#[cfg(test)]
mod tests;
