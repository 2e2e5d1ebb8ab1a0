//! Wakes a loop from another thread.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::sys;

#[derive(Debug)]
struct Shared {
    event: File,
    woken: AtomicBool,
    stopping: AtomicBool,
}

/// Wakes one loop, so that its handler looks into its inbox, or stops it. Clones are the same
/// waker. A wake is never lost: whoever puts something into an inbox first and wakes after will
/// have it seen.
#[derive(Debug, Clone)]
pub struct Waker {
    shared: Arc<Shared>,
}

impl Waker {
    /// A new waker, to be given to [`crate::Net::bind`]. Fails when the kernel has no file
    /// descriptor to give.
    pub fn new() -> io::Result<Waker> {
        let event = File::from(sys::event_fd()?);
        Ok(Waker {
            shared: Arc::new(Shared {
                event,
                woken: AtomicBool::new(false),
                stopping: AtomicBool::new(false),
            }),
        })
    }

    /// Has [`crate::Handler::inbox`] called soon. Cheap while an earlier wake is still unseen.
    pub fn wake(&self) {
        if !self.shared.woken.swap(true, Ordering::AcqRel) {
            self.ring();
        }
    }

    /// Ends the loop after one last look into the inbox. Cannot be undone.
    pub fn stop(&self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.ring();
    }

    /// Whether [`Waker::stop`] was called.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.shared.stopping.load(Ordering::Acquire)
    }

    fn ring(&self) {
        // the only way to fail is a full counter, and then the loop is woken anyway
        let _ = (&self.shared.event).write(&1u64.to_ne_bytes());
    }

    /// Takes the wake; to be called before the inbox is read.
    pub(crate) fn take(&self) {
        let mut counter = [0u8; 8];
        // EAGAIN when it rang for a wake already taken
        let _ = (&self.shared.event).read(&mut counter);
        self.shared.woken.swap(false, Ordering::AcqRel);
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.shared.event.as_fd()
    }
}
