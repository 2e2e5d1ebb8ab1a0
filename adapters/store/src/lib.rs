//! The store contract on memory and on SQLite, with secrets sealed.
//!
//! [`MemoryStore`] is the oracle of the contract's tests and the simulator's disk.
//! [`SqlStore`] keeps everything in tables of a database: one writer thread that commits in
//! groups, a small pool of readers.

mod block_on;
mod event_age;
mod host;
mod idempotency;
mod memory;
mod paging;
mod relational;
mod seal;
mod sqlite;
mod transaction;

pub use block_on::block_on;
pub use host::{OsEntropy, SystemClock};
pub use idempotency::REMEMBERED_MAX;
pub use memory::MemoryStore;
pub use relational::{
    OpenError, QueueFigures, READS_WAITING, SqlStore, StoreFigures, WRITES_WAITING,
};
pub use seal::{
    BadKeys, DataKey, FixedKeys, KEYS_MAX, KeyCommand, KeyFile, KeySource, KeyText, Keyring,
    MASTER_KEY_LENGTH, MasterKey, SealError,
};
pub use sqlite::Settings;

/// Entries of the change feed that are kept.
pub const FEED_KEPT: u64 = 100_000;

/// Most entries of one piece of the feed.
pub const FEED_PAGE_MAX: usize = 10_000;
