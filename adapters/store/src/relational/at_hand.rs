//! Reading on the thread that asks, from a database in this process.
//!
//! What lies in memory is read in less time than it takes to hand a request to another thread and
//! its answer back, and where processors are short each of the two waits for its turn there. So
//! short reading is done at once while one of a few connections is free; else it goes to the
//! readers, as all long reading does. A request of the API reads four times or more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ports::StoreError;

use super::link::{Link, Purpose, Transaction};
use super::readers::Snapshot;
use super::sight::Sight;
use super::vault::Vault;

/// Connections for it, where a database is in this process: as many requests read at once on the
/// threads that ask.
pub(crate) const AT_HAND: usize = 2;

/// The connections that are free.
#[derive(Default)]
pub(super) struct AtHand {
    free: Mutex<Vec<Box<dyn Link>>>,
    /// How often something was read here.
    read: AtomicU64,
}

/// A connection while somebody reads over it; free again when it is dropped, however the reading
/// went.
struct Taken<'a> {
    of: &'a AtHand,
    link: Option<Box<dyn Link>>,
}

impl AtHand {
    pub(super) fn over(links: Vec<Box<dyn Link>>) -> AtHand {
        AtHand {
            free: Mutex::new(links),
            read: AtomicU64::default(),
        }
    }

    fn free(&self) -> MutexGuard<'_, Vec<Box<dyn Link>>> {
        // a list of connections is whole after every step
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what a sight admits. Without a free connection nothing was done, and what should
    /// have been comes back.
    pub(super) fn read<T, F>(
        &self,
        vault: &Vault,
        sight: Sight,
        read: F,
    ) -> Result<Result<T, StoreError>, F>
    where
        F: FnOnce(&Snapshot<'_>) -> Result<T, StoreError>,
    {
        let Some(link) = self.free().pop() else {
            return Err(read);
        };
        let taken = Taken {
            of: self,
            link: Some(link),
        };
        let Some(link) = taken.link.as_deref() else {
            return Err(read);
        };
        self.read.fetch_add(1, Ordering::Relaxed);
        Ok(
            Transaction::begin(link, Purpose::Read, sight).and_then(|transaction| {
                read(&Snapshot {
                    sql: super::Sql(transaction.link()),
                    vault,
                })
            }),
        )
    }

    /// How often something was read here.
    pub(super) fn times(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Closes the connections that are free: nothing is read here from now on.
    pub(super) fn close(&self) {
        self.free().clear();
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.of.free().extend(self.link.take());
    }
}
