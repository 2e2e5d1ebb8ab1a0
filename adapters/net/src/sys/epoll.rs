//! The wait: epoll, level-triggered.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

use super::int;

/// What to be told about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interest {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

impl Interest {
    pub(crate) const READ: Interest = Interest {
        read: true,
        write: false,
    };
    pub(crate) const BOTH: Interest = Interest {
        read: true,
        write: true,
    };
    pub(crate) const WRITE: Interest = Interest {
        read: false,
        write: true,
    };

    fn bits(self) -> u32 {
        let mut bits = 0;
        if self.read {
            bits |= libc::EPOLLIN | libc::EPOLLRDHUP;
        }
        if self.write {
            bits |= libc::EPOLLOUT;
        }
        u32::from_ne_bytes(bits.to_ne_bytes())
    }
}

/// What happened to a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) token: u64,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    /// The file has an error to be asked for; a stream is then at its end both ways.
    pub(crate) broken: bool,
}

/// Files to wait for, each with a token of ours.
#[derive(Debug)]
pub(crate) struct Epoll {
    fd: OwnedFd,
    raw: Vec<libc::epoll_event>,
}

impl Epoll {
    /// Most events told by one wait.
    const EVENTS: usize = 256;

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
            raw: vec![none; Epoll::EVENTS],
        })
    }

    pub(crate) fn add(
        &self,
        file: BorrowedFd<'_>,
        token: u64,
        interest: Interest,
    ) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, file, token, interest)
    }

    pub(crate) fn change(
        &self,
        file: BorrowedFd<'_>,
        token: u64,
        interest: Interest,
    ) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, file, token, interest)
    }

    /// Watches a file no more.
    pub(crate) fn remove(&self, file: BorrowedFd<'_>) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, file, 0, Interest::READ)
    }

    fn control(
        &self,
        what: libc::c_int,
        file: BorrowedFd<'_>,
        token: u64,
        interest: Interest,
    ) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: interest.bits(),
            u64: token,
        };
        // SAFETY: both descriptors are borrowed and open, `event` outlives the call.
        let done =
            unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), what, file.as_raw_fd(), &raw mut event) };
        if done < 0 {
            Err(io::Error::last_os_error())
        } else {
            Ok(())
        }
    }

    /// Waits for events or for `timeout` (`None`: as long as it takes) and puts them into `into`.
    /// The kernel counts milliseconds; the time is rounded up, so that it has passed after.
    pub(crate) fn wait(
        &mut self,
        timeout: Option<Duration>,
        into: &mut Vec<Event>,
    ) -> io::Result<()> {
        into.clear();
        let millis = match timeout {
            None => -1,
            Some(wait) => {
                let up = wait.as_nanos().div_ceil(1_000_000);
                libc::c_int::try_from(up).unwrap_or(libc::c_int::MAX)
            }
        };
        // SAFETY: `raw` has room for as many events as we say.
        let n = unsafe {
            let fd = self.fd.as_fd().as_raw_fd();
            libc::epoll_wait(fd, self.raw.as_mut_ptr(), int(self.raw.len()), millis)
        };
        let Ok(n) = usize::try_from(n) else {
            let error = io::Error::last_os_error();
            // a signal is no failure: the caller just looks at the time again
            return if error.kind() == io::ErrorKind::Interrupted {
                Ok(())
            } else {
                Err(error)
            };
        };
        let bits = |wanted: libc::c_int| u32::from_ne_bytes(wanted.to_ne_bytes());
        into.extend(self.raw.iter().take(n).map(|raw| {
            let events = raw.events;
            let broken = events & bits(libc::EPOLLERR | libc::EPOLLHUP) != 0;
            Event {
                token: raw.u64,
                readable: events & bits(libc::EPOLLIN | libc::EPOLLRDHUP) != 0,
                writable: events & bits(libc::EPOLLOUT) != 0,
                broken,
            }
        }));
        Ok(())
    }
}
