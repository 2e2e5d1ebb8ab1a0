//! What TLS is spoken with of what has come by itself.

use std::sync::{Arc, Mutex, PoisonError};

use admin::certificates::InUse;
use ports::Given;
use tokio::sync::Notify;

/// What has come, each with its host; clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Obtained {
    now: Arc<Mutex<Vec<(String, Given)>>>,
    told: Arc<Notify>,
}

impl Obtained {
    /// All of it.
    pub(crate) fn all(&self) -> Vec<(String, Given)> {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.clone()
    }

    /// Waits until there is something else.
    pub(crate) async fn changed(&self) {
        self.told.notified().await;
    }

    /// Takes what is kept now; nothing changes where that is what it was.
    pub(crate) fn take(&self, found: Vec<InUse>) {
        let found: Vec<_> = found.into_iter().map(|one| (one.name, one.given)).collect();
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.is_empty() && *now != found {
            *now = found;
            self.told.notify_one();
        }
    }
}
