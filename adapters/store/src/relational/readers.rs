//! The threads that read: each has a connection of its own and serves one request at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ports::StoreError;

use super::answer::{Answer, promise};
use super::link::{Link, Purpose, Transaction};
use super::rest::{REST_AFTER, Rest};
use super::sight::Sight;
use super::sql::Sql;
use super::vault::Vault;
use super::work_queue::WorkQueue;

/// Threads that read.
pub(super) const READERS: usize = 3;

/// Requests that wait for a reader at most; further ones are refused.
pub const READS_WAITING: usize = 1_024;

/// What a request reads from: the database as it was at one moment.
pub(super) struct Snapshot<'a> {
    pub(super) sql: Sql<'a>,
    pub(super) vault: &'a Vault,
}

/// A request of a reader.
pub(super) struct Request {
    sight: Sight,
    read: Box<dyn FnOnce(&Snapshot<'_>) + Send>,
}

/// A request that reads this, and its answer.
pub(super) fn request<T, F>(sight: Sight, read: F) -> (Request, Answer<Result<T, StoreError>>)
where
    T: Send + 'static,
    F: FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
{
    let (promise, answer) = promise();
    let read = Box::new(move |snapshot: &Snapshot<'_>| promise.keep(read(snapshot)));
    (Request { sight, read }, answer)
}

/// A reader, as it moves into its thread.
pub(super) struct Reader {
    pub(super) link: Box<dyn Link>,
    pub(super) vault: Vault,
    pub(super) requests: Arc<WorkQueue<Request>>,
    pub(super) rest: Arc<Rest>,
}

impl Reader {
    /// Works until the queue is closed and empty.
    pub(super) fn run(self) {
        let rest = || self.rest.begin(&*self.link);
        while let Some(request) = self.requests.wait(REST_AFTER, rest) {
            // whoever waits for a request that panicked hears of a broken promise
            let _ = catch_unwind(AssertUnwindSafe(|| self.serve(request)));
        }
    }

    fn serve(&self, request: Request) -> Result<(), StoreError> {
        let transaction = Transaction::begin(&*self.link, Purpose::Read, request.sight)?;
        (request.read)(&Snapshot {
            sql: Sql(transaction.link()),
            vault: &self.vault,
        });
        Ok(())
    }
}
