//! The store contract on SQLite: the embedded default.
//!
//! One thread writes and answers when a group of changes is durable; a few threads read, each
//! from a snapshot. Queues before them are bounded, so a slow disk refuses work instead of
//! gathering it. Several processes may have the same folder open.

mod answer;
mod cdrs;
mod documents;
mod error;
mod feed;
mod figures;
mod open;
mod readers;
mod requests;
mod settings;
mod sql;
mod stores;
mod tables;
mod tenants;
mod tokens;
mod trail;
mod vault;
mod work_queue;
mod writer;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use ports::{Entropy, StoreError};

use crate::seal::MasterKey;
use answer::Broken;
use readers::{READERS, Reader, Request, Snapshot};
use sql::Sql;
use vault::Vault;
use work_queue::WorkQueue;
use writer::{Desk, Order, Writer};

pub use error::OpenError;
pub use figures::{QueueFigures, StoreFigures};
pub use readers::READS_WAITING;
pub use writer::WRITES_WAITING;

/// Name of the file in the data folder.
const FILE: &str = "strowger.db";

/// What a store needs to be opened.
#[derive(Clone)]
pub struct Settings {
    /// The data folder; it is made, for its owner alone, when it is missing.
    pub folder: PathBuf,
    /// The key that seals the tenants' data keys.
    pub master_key: MasterKey,
    /// Randomness for data keys and nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// A store in the file `strowger.db`. Its futures work under any executor.
///
/// A change that was answered is durable. Dropping the store closes it.
pub struct SqliteStore {
    orders: Arc<WorkQueue<Box<dyn Order>>>,
    requests: Arc<WorkQueue<Request>>,
    cursor: Arc<AtomicU64>,
    groups: Arc<AtomicU64>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStore")
    }
}

impl SqliteStore {
    /// Opens the store, making it when it is missing and bringing it to the present version.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(settings: &Settings) -> Result<SqliteStore, OpenError> {
        let path = settings.folder.join(FILE);
        let vault = Vault::new(settings.master_key.clone(), Arc::clone(&settings.entropy));
        let connection = open::writing(&path, &vault)?;
        let latest = feed::cursor(Sql(&connection)).map_err(OpenError::Store)?;
        let store = SqliteStore {
            orders: Arc::new(WorkQueue::with_bound("store writes", WRITES_WAITING)),
            requests: Arc::new(WorkQueue::with_bound("store reads", READS_WAITING)),
            cursor: Arc::new(AtomicU64::new(latest)),
            groups: Arc::default(),
            threads: Mutex::default(),
        };
        for number in 1..=READERS {
            let reader = Reader {
                connection: open::reading(&path)?,
                vault: vault.clone(),
                requests: Arc::clone(&store.requests),
            };
            store.start(format!("store-read-{number}"), || reader.run())?;
        }
        let writer = Writer {
            connection,
            vault,
            orders: Arc::clone(&store.orders),
            cursor: Arc::clone(&store.cursor),
            groups: Arc::clone(&store.groups),
        };
        store.start("store-write".to_owned(), || writer.run())?;
        Ok(store)
    }

    fn start(&self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = thread::Builder::new().name(name).spawn(run);
        let threads = &self.threads;
        let mut threads = threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.push(thread.map_err(OpenError::Thread)?);
        Ok(())
    }

    /// How its work goes.
    pub fn figures(&self) -> StoreFigures {
        StoreFigures {
            writes: self.orders.figures(),
            reads: self.requests.figures(),
            groups: self.groups.load(Ordering::Relaxed),
        }
    }

    /// Takes no more work, does what waits, and ends the threads. Calls after it answer
    /// *unavailable*.
    pub fn close(&self) {
        self.orders.close();
        self.requests.close();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // a thread that panicked has nothing more to do either
            let _ = thread.join();
        }
    }

    /// Reads from a snapshot, on a reader's thread.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (request, answer) = readers::request(read);
        self.requests.push(request)?;
        answer.await.map_err(|Broken| unanswered())?
    }

    /// Writes in a savepoint of its own, on the writer's thread; ready when it is durable.
    async fn write<T: Send + 'static>(
        &self,
        steps: usize,
        work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (order, answer) = writer::order(steps, work);
        self.orders.push(order)?;
        answer.await.map_err(|Broken| unanswered())?
    }
}

/// What is told to those whose work went down with its thread.
fn unanswered() -> StoreError {
    StoreError::Unavailable {
        detail: "the store gave no answer".to_owned(),
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}
