//! The thread that learns what other processes changed: it looks at the ends of the
//! feed and of the event logs.
//!
//! It asks instead of being told. A word from the server would be there sooner, but can be lost
//! with its connection, and connection pools do not carry it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use ports::StoreError;

use super::link::{Link, Purpose, Transaction};
use super::sight::Sight;
use super::sql::Sql;
use super::{events, feed};

/// How long a change of another process stays unseen at most.
const EVERY: Duration = Duration::from_millis(200);

/// Whether the store is being closed, and a bell that rings then.
#[derive(Default)]
pub(super) struct Closing {
    closed: Mutex<bool>,
    bell: Condvar,
}

impl Closing {
    /// Closes.
    pub(super) fn close(&self) {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }

    /// Waits until it is closed, but not longer than this; whether it is.
    fn wait(&self, most: Duration) -> bool {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .bell
            .wait_timeout_while(closed, most, |closed| !*closed);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A watcher, as it moves into its thread.
pub(super) struct Watcher {
    pub(super) link: Box<dyn Link>,
    /// The feed's cursor, for whoever watches it.
    pub(super) cursor: Arc<AtomicU64>,
    /// Turn of the latest event, likewise.
    pub(super) told: Arc<AtomicU64>,
    pub(super) closing: Arc<Closing>,
}

/// Cursor of the feed's latest entry, and turn of the latest event.
pub(super) fn ends(link: &dyn Link) -> Result<(u64, u64), StoreError> {
    let transaction = Transaction::begin(link, Purpose::Read, Sight::Everything)?;
    let sql = Sql(transaction.link());
    Ok((feed::cursor(sql)?, events::turn(sql)?))
}

impl Watcher {
    /// Looks until the store is closed.
    pub(super) fn run(self) {
        while !self.closing.wait(EVERY) {
            // a database that is away is asked again
            if let Ok((cursor, told)) = ends(&*self.link) {
                self.cursor.fetch_max(cursor, Ordering::AcqRel);
                self.told.fetch_max(told, Ordering::AcqRel);
            }
        }
    }
}
