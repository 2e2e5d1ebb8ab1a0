//! The one background thread: once a second it tends every shelf.

use crate::BusError;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle, park_timeout};
use std::time::Duration;

/// How often the keeper waits for the disk: a power cut loses at most what came in between.
const ROUND: Duration = Duration::from_secs(1);

/// The thread, and how to end it.
#[derive(Debug)]
pub(crate) struct Keeper {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread, which does `round` again and again.
    pub(crate) fn start(
        folder: &Path,
        mut round: impl FnMut() + Send + 'static,
    ) -> Result<Keeper, BusError> {
        let ends = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ends);
        let thread = Builder::new()
            .name("keeper".to_owned())
            .spawn(move || {
                while !told.load(Ordering::Acquire) {
                    park_timeout(ROUND);
                    round();
                }
            })
            .map_err(BusError::io("start the keeper of", folder))?;
        Ok(Keeper {
            ends,
            thread: Some(thread),
        })
    }
}

impl Drop for Keeper {
    /// A last round, then the end.
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A keeper that panicked has nothing left to say.
            let _ended = thread.join();
        }
    }
}
