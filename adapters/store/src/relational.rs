//! The store contract on tables: texts of SQL and the threads that carry them out, the same for
//! every database.
//!
//! One thread writes and answers when a group of changes is durable; a few threads read, each
//! from a snapshot. Queues before them are bounded, so a slow disk refuses work instead of
//! gathering it. Several processes may share one database. What a database is like is told by
//! its [`Link`].

mod accounts;
mod answer;
mod archive;
mod at_hand;
mod backup;
mod bans;
mod blobs;
mod cdrs;
mod credentials;
mod damage;
mod deliveries;
mod documents;
mod erasure;
mod error;
mod events;
mod examine;
mod facts;
mod faxes;
mod feed;
mod figures;
mod inventory;
mod ladders;
mod lines;
mod link;
mod lists;
mod loading;
mod once;
mod quality;
mod readers;
mod recordings;
mod references;
mod requests;
mod rest;
mod sealed;
mod sealed_facts;
mod secrets;
mod settings;
mod sight;
mod sql;
mod stores;
mod support;
mod tables;
mod tenants;
mod token_book;
mod tokens;
mod trail;
mod transfer;
mod value;
mod vault;
mod watch;
mod weights;
mod work_queue;
mod writer;

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use ports::StoreError;

use answer::{Answer, Broken};
use at_hand::AtHand;
use readers::{READERS, Reader, Request, Snapshot};
use rest::Rest;
use watch::{Closing, Watcher};
use weights::Weights;
use work_queue::WorkQueue;
use writer::{Desk, Order, Outcome, Writer};

pub use archive::TAKEN_OUT_AT_ONCE;
pub(crate) use at_hand::AT_HAND;
pub(crate) use backup::{read_in, write_out};
pub use error::OpenError;
pub(crate) use examine::examine;
pub use examine::{FAULTS_TOLD, Health};
pub use figures::{QueueFigures, StoreFigures};
pub(crate) use link::{EachRow, Link, Purpose, Row, Transaction};
pub use readers::READS_WAITING;
pub(crate) use sight::Sight;
pub(crate) use sql::{Sql, corrupt};
pub(crate) use transfer::{Obstacle, carry_over};
pub use transfer::{Progress, Tally};
pub(crate) use value::Value;
pub(crate) use vault::Vault;
pub use writer::WRITES_WAITING;

/// A store in a database. Its futures work under any executor.
///
/// A change that was answered is durable. Dropping the store closes it.
pub struct SqlStore {
    orders: Arc<WorkQueue<Box<dyn Order>>>,
    requests: Arc<WorkQueue<Request>>,
    at_hand: AtHand,
    weights: Arc<Weights>,
    cursor: Arc<AtomicU64>,
    told: Arc<AtomicU64>,
    groups: Arc<AtomicU64>,
    closing: Arc<Closing>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Makes a further connection that reads.
    lines: Lines,
    vault: Vault,
    /// Companies that are being taken out.
    taken_out: Arc<AtomicUsize>,
    rest: Arc<Rest>,
}

/// Makes connections that read.
type Lines = Arc<dyn Fn() -> Result<Box<dyn Link>, OpenError> + Send + Sync>;

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqlStore")
    }
}

impl SqlStore {
    /// A store over a link that writes and others that read, so many of them on the threads that
    /// ask.
    pub(crate) fn over(
        vault: Vault,
        writing: Box<dyn Link>,
        at_hand: usize,
        reading: impl Fn() -> Result<Box<dyn Link>, OpenError> + Send + Sync + 'static,
    ) -> Result<SqlStore, OpenError> {
        let (latest, told) = watch::ends(&*writing).map_err(OpenError::Store)?;
        let weights = Arc::new(Weights::default());
        let links: Result<Vec<_>, _> = (0..at_hand).map(|_| reading()).collect();
        let store = SqlStore {
            orders: Arc::new(WorkQueue::with_bound(
                "store writes",
                WRITES_WAITING,
                Arc::clone(&weights),
            )),
            requests: Arc::new(WorkQueue::with_bound(
                "store reads",
                READS_WAITING,
                Arc::clone(&weights),
            )),
            at_hand: AtHand::over(links?),
            weights,
            cursor: Arc::new(AtomicU64::new(latest)),
            told: Arc::new(AtomicU64::new(told)),
            groups: Arc::default(),
            closing: Arc::default(),
            threads: Mutex::default(),
            lines: Arc::new(reading),
            vault: vault.clone(),
            taken_out: Arc::default(),
            rest: Arc::default(),
        };
        for number in 1..=READERS {
            let reader = Reader {
                link: (store.lines)()?,
                vault: vault.clone(),
                requests: Arc::clone(&store.requests),
                rest: Arc::clone(&store.rest),
            };
            store.start(format!("store-read-{number}"), || reader.run())?;
        }
        let writer = Writer {
            link: writing,
            vault,
            orders: Arc::clone(&store.orders),
            cursor: Arc::clone(&store.cursor),
            told: Arc::clone(&store.told),
            groups: Arc::clone(&store.groups),
            rest: Arc::clone(&store.rest),
        };
        store.start("store-write".to_owned(), || writer.run())?;
        Ok(store)
    }

    /// Learns what other processes change, over a link of its own.
    pub(crate) fn watch(&self, link: Box<dyn Link>) -> Result<(), OpenError> {
        let watcher = Watcher {
            link,
            cursor: Arc::clone(&self.cursor),
            told: Arc::clone(&self.told),
            closing: Arc::clone(&self.closing),
        };
        self.start("store-watch".to_owned(), || watcher.run())
    }

    fn start(&self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = thread::Builder::new().name(name).spawn(run);
        let threads = &self.threads;
        let mut threads = threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.push(thread.map_err(OpenError::Thread)?);
        Ok(())
    }

    /// Says what each of its threads does when it begins to rest, which is when there was no work
    /// for it for five seconds: gives back memory, in a program whose allocator does not do that
    /// by itself.
    pub fn at_rest(&self, begin: fn()) {
        self.rest.say(begin);
    }

    /// How its work goes.
    pub fn figures(&self) -> StoreFigures {
        StoreFigures {
            writes: self.orders.figures(),
            reads: self.requests.figures(),
            groups: self.groups.load(Ordering::Relaxed),
            at_hand: self.at_hand.times(),
        }
    }

    /// Takes no more work, does what waits, and ends the threads. Calls after it answer
    /// *unavailable*.
    pub fn close(&self) {
        self.orders.close();
        self.requests.close();
        self.at_hand.close();
        self.closing.close();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // a thread that panicked has nothing more to do either
            let _ = thread.join();
        }
    }

    /// Reads a little of what a sight admits: a few rows found by a key, a page of them. It is read
    /// on this very thread, where the database is in this process and a connection is free.
    async fn look<T: Send + 'static>(
        &self,
        sight: Sight,
        look: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.at_hand.read(&self.vault, sight, look) {
            Ok(read) => read,
            Err(look) => self.read(sight, look).await,
        }
    }

    /// Reads what a sight admits from a snapshot, on a reader's thread.
    async fn read<T: Send + 'static>(
        &self,
        sight: Sight,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (request, answer) = readers::request(sight, read);
        self.requests.push(sight, 1, request)?;
        answer.await.map_err(|Broken| unanswered())?
    }

    /// Writes in a savepoint of its own, on the writer's thread; ready when it is durable.
    async fn write<T: Send + 'static>(
        &self,
        sight: Sight,
        steps: usize,
        work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.order(
            writer::order(sight, steps, Outcome::Kept, work),
            sight,
            steps,
        )
        .await
    }

    /// Does the same as a trial: whatever it writes is undone.
    async fn try_out<T: Send + 'static>(
        &self,
        sight: Sight,
        steps: usize,
        work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.order(
            writer::order(sight, steps, Outcome::Undone, work),
            sight,
            steps,
        )
        .await
    }

    async fn order<T>(
        &self,
        (order, answer): (Box<dyn Order>, Answer<Result<T, StoreError>>),
        sight: Sight,
        steps: usize,
    ) -> Result<T, StoreError> {
        self.orders.push(sight, steps, order)?;
        answer.await.map_err(|Broken| unanswered())?
    }
}

/// What is told to those whose work went down with its thread.
fn unanswered() -> StoreError {
    StoreError::Unavailable {
        detail: "the store gave no answer".to_owned(),
    }
}

impl Drop for SqlStore {
    fn drop(&mut self) {
        self.close();
    }
}
