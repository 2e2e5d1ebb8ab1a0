//! What outlives a process, in files of the data folder: the journal of calls, and the snapshots of
//! bindings and calls.
//!
//! ```text
//! DATA/lock                     held while an exchange serves the folder; its time tells when last
//! DATA/journal/NNNNNNNN.log     segments of `ports::JournalRecord`
//! DATA/snapshots/NNNNNNNN.log   segments of retained values
//! ```
//! Both are shelves of append-only segments, made of the frames of [`ports::frame`]. A shard's
//! thread only ever gathers bytes and hands them to the operating system with one write per turn,
//! which outlives `kill -9`. All else is done by one background thread, the keeper: once a second
//! it waits for the disk, so a power cut loses at most that second; it prepares the segments that
//! the writers go on in; and it merges old segments into one that holds only what is still needed.

mod counters;
mod error;
mod folder;
mod frames;
mod journal;
mod keeper;
mod lock;
mod merge;
mod pen;
mod segment;
mod shelf;
mod snapshots;
mod stored;
mod supply;

pub use counters::Figures;
pub use error::BusError;
pub use folder::Folder;
pub use journal::FileJournal;
pub use lock::Hold;
pub use pen::{PENDING_MAX, SEGMENT_BYTES};
pub use shelf::MERGE_FLOOR;
pub use snapshots::{FileSnapshots, VALUE_MAX};
pub use stored::{STORED_MAX, Stored};

#[cfg(test)]
mod tests;
