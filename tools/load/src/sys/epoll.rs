//! Waiting for many sockets at once.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// Most events told by one wait.
const EVENTS: usize = 256;

/// Sockets to wait for, each with a token.
pub(crate) struct Epoll {
    fd: OwnedFd,
    events: Vec<libc::epoll_event>,
    ready: usize,
}

impl Epoll {
    pub(crate) fn new() -> io::Result<Epoll> {
        // SAFETY: no pointers; the result is checked before it becomes an owned descriptor.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `fd` is a fresh descriptor nobody else owns.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let none = libc::epoll_event { events: 0, u64: 0 };
        Ok(Epoll {
            fd,
            events: vec![none; EVENTS],
            ready: 0,
        })
    }

    pub(crate) fn add(&self, socket: RawFd, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: libc::EPOLLIN.cast_unsigned(),
            u64: token,
        };
        let fd = self.fd.as_raw_fd();
        // SAFETY: both descriptors are open, and the event lives through the call.
        let done = unsafe { libc::epoll_ctl(fd, libc::EPOLL_CTL_ADD, socket, &raw mut event) };
        if done < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }

    /// Waits for something to read, at most so long; how many sockets are ready.
    pub(crate) fn wait(&mut self, most: Duration) -> usize {
        let millis = libc::c_int::try_from(most.as_millis()).unwrap_or(0);
        let room = libc::c_int::try_from(EVENTS).unwrap_or(0);
        let fd = self.fd.as_raw_fd();
        // SAFETY: there is room for as many events as we say.
        let n = unsafe { libc::epoll_wait(fd, self.events.as_mut_ptr(), room, millis) };
        self.ready = usize::try_from(n).unwrap_or(0);
        self.ready
    }

    /// Whether the last wait told as many as it can: more may be ready.
    pub(crate) fn was_full(&self) -> bool {
        self.ready == EVENTS
    }

    /// The token of the n-th ready socket.
    pub(crate) fn token(&self, n: usize) -> Option<u64> {
        self.events.get(..self.ready)?.get(n).map(|event| event.u64)
    }
}
