//! Threads that write into a store that may be away: they try again, until they are told to stop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a writer rests when the store is away.
const REST: Duration = Duration::from_secs(1);

/// Whether a writer is to stop, as it sees it.
#[derive(Clone)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether it is to try no more.
    pub(crate) fn is_told(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Rests before another try, unless it is to stop; whether it may try.
    pub(crate) fn rest(&self) -> bool {
        if self.is_told() {
            return false;
        }
        std::thread::park_timeout(REST);
        true
    }
}

/// A running writer.
pub(crate) struct StoreWriter {
    thread: JoinHandle<()>,
    stop: Stop,
    what: &'static str,
}

impl StoreWriter {
    /// Starts a thread of this name that writes `what`.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub(crate) fn start(
        name: &str,
        what: &'static str,
        run: impl FnOnce(Stop) + Send + 'static,
    ) -> io::Result<StoreWriter> {
        let stop = Stop(Arc::default());
        let its = stop.clone();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(its))?;
        Ok(StoreWriter { thread, stop, what })
    }

    /// Waits until all is written, once the ends that give it work are dropped. What a store that
    /// is away does not take is left out.
    pub(crate) fn finish(self) {
        self.stop.0.store(true, Ordering::Release);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::error!("the writer of {} has failed", self.what);
        }
    }
}
