//! The store contract on memory and on tables, with secrets sealed; whole stores moved and
//! backed up.
//!
//! [`MemoryStore`] is the oracle of the contract's tests and the simulator's disk.
//! [`SqlStore`] keeps everything in tables of a database: one writer thread that commits in
//! groups, a small pool of readers.

mod address;
mod backup;
mod backup_item;
mod block_on;
mod event_age;
mod host;
mod idempotency;
mod memory;
mod once;
mod paging;
mod postgres;
mod quality_bound;
mod relational;
mod seal;
mod sealed;
mod settings;
mod sqlite;
mod transaction;
mod transfer;

pub use address::Address;
pub use backup::{Restored, back_up, check, restore};
pub use backup_item::{BackupItem, Cell};
pub use block_on::block_on;
pub use host::{OsEntropy, SystemClock};
pub use idempotency::REMEMBERED_MAX;
pub use memory::MemoryStore;
pub use postgres::prepare;
pub use relational::{
    FAULTS_TOLD, Health, OpenError, Progress, QueueFigures, READS_WAITING, SqlStore, StoreFigures,
    TAKEN_OUT_AT_ONCE, Tally, WRITES_WAITING,
};
pub use seal::{
    BadKeys, DataKey, FixedKeys, KEY_OUTPUT_MAX, KEY_PATIENCE, KEYS_MAX, KeyCommand, KeyFile,
    KeyPlace, KeySource, KeyText, Keyring, MASTER_KEY_LENGTH, MasterKey, SealError,
};
pub use settings::Settings;
pub use transfer::{TransferError, transfer};

/// Entries of the change feed that are kept.
pub const FEED_KEPT: u64 = 100_000;

/// Most entries of one piece of the feed.
pub const FEED_PAGE_MAX: usize = 10_000;
