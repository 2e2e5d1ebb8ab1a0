//! Starts machines: a program that is started takes its time, which those that run have not.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use node::FaxBeginning;

use super::machine::{Machine, Maker};

/// Faxes that wait for their machine at most.
const WAITING_MAX: usize = 64;

/// A machine that was started, or why it could not be.
pub(super) struct Started {
    pub(super) beginning: FaxBeginning,
    pub(super) machine: Result<Box<dyn Machine>, String>,
}

/// Whoever starts them.
pub(super) struct Starter {
    queue: SyncSender<FaxBeginning>,
    started: Receiver<Started>,
    _thread: JoinHandle<()>,
}

impl Starter {
    /// A thread that starts them one after another.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub(super) fn begin(maker: Maker) -> io::Result<Starter> {
        let (queue, waiting) = sync_channel::<FaxBeginning>(WAITING_MAX);
        let (done, started) = sync_channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("fax-starter".to_owned())
            .spawn(move || {
                while let Ok(beginning) = waiting.recv() {
                    let machine = maker(&beginning);
                    if done.send(Started { beginning, machine }).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Starter {
            queue,
            started,
            _thread: thread,
        })
    }

    /// Wants a machine; never waits.
    ///
    /// # Errors
    /// The fax, where too many wait.
    pub(super) fn want(&self, beginning: FaxBeginning) -> Result<(), Box<FaxBeginning>> {
        self.queue.try_send(beginning).map_err(|refused| {
            let (TrySendError::Full(beginning) | TrySendError::Disconnected(beginning)) = refused;
            Box::new(beginning)
        })
    }

    /// The machines that have been started.
    pub(super) fn started(&self) -> impl Iterator<Item = Started> + '_ {
        self.started.try_iter()
    }
}
