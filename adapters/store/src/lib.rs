//! The store contract on memory and on SQLite, with secrets sealed.
//!
//! [`MemoryStore`] is the oracle of the contract's tests and the simulator's disk.
//! [`SqliteStore`] is the embedded default: one writer thread that commits in groups, a small
//! pool of readers, and nothing for an operator to install.

mod block_on;
mod host;
mod idempotency;
mod memory;
mod paging;
mod seal;
mod sqlite;
mod transaction;

pub use block_on::block_on;
pub use host::{OsEntropy, SystemClock};
pub use idempotency::REMEMBERED_MAX;
pub use memory::MemoryStore;
pub use seal::{DataKey, MASTER_KEY_LENGTH, MasterKey, SealError};
pub use sqlite::{
    OpenError, QueueFigures, READS_WAITING, Settings, SqliteStore, StoreFigures, WRITES_WAITING,
};

/// Entries of the change feed that are kept.
pub const FEED_KEPT: u64 = 100_000;

/// Most entries of one piece of the feed.
pub const FEED_PAGE_MAX: usize = 10_000;
