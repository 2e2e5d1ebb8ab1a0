//! The kernel calls that the standard library does not offer.
#![allow(
    unsafe_code,
    reason = "poll, memfd_create, limits and namespaces are C interfaces"
)]

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd};
use std::time::Instant;

use libc::{c_int, c_short};

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Something to read, or the end.
    Read,
    /// Room to write.
    Write,
}

fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// From now on a call that would wait says so instead.
pub(crate) fn never_wait(pipe: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: the descriptor is open while it is borrowed; both calls take numbers alone.
    unsafe {
        let flags = check(libc::fcntl(pipe.as_raw_fd(), libc::F_GETFL))?;
        check(libc::fcntl(
            pipe.as_raw_fd(),
            libc::F_SETFL,
            flags | libc::O_NONBLOCK,
        ))?;
    }
    Ok(())
}

/// Waits until the wish is granted, at the latest until `until`; whether it was.
pub(crate) fn wait(pipe: BorrowedFd<'_>, wish: Wish, until: Instant) -> io::Result<bool> {
    let events: c_short = match wish {
        Wish::Read => libc::POLLIN,
        Wish::Write => libc::POLLOUT,
    };
    loop {
        let mut asked = libc::pollfd {
            fd: pipe.as_raw_fd(),
            events,
            revents: 0,
        };
        let left = until.saturating_duration_since(Instant::now());
        // a begun millisecond counts, so that the last one is not spent asking over and over
        let left = c_int::try_from(left.as_micros().div_ceil(1000)).unwrap_or(c_int::MAX);
        // SAFETY: one entry is passed, which lives until the call returns.
        match check(unsafe { libc::poll(&raw mut asked, 1, left) }) {
            Ok(ready) => return Ok(ready > 0),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A file in memory that no folder has.
pub(crate) fn file_in_memory() -> io::Result<File> {
    // SAFETY: the name is a text with its end; the descriptor is new and nobody else's.
    unsafe {
        let descriptor = check(libc::memfd_create(c"fax".as_ptr(), libc::MFD_CLOEXEC))?;
        Ok(File::from_raw_fd(descriptor))
    }
}

/// Bounds of what the calling process may use from now on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Octets of memory, whatever for.
    pub(crate) memory: u64,
    /// Seconds of a processor.
    pub(crate) seconds: u64,
    /// Octets of a file.
    pub(crate) file: u64,
    /// Open files.
    pub(crate) files: u64,
}

/// Binds the calling process, for good.
pub(crate) fn bind(bounds: Bounds) -> io::Result<()> {
    limit(libc::RLIMIT_AS, bounds.memory)?;
    limit(libc::RLIMIT_CPU, bounds.seconds)?;
    limit(libc::RLIMIT_FSIZE, bounds.file)?;
    limit(libc::RLIMIT_NOFILE, bounds.files)?;
    // no image of what somebody faxed is left behind, and no further process begun
    limit(libc::RLIMIT_CORE, 0)?;
    limit(libc::RLIMIT_NPROC, 0)
}

fn limit(what: libc::__rlimit_resource_t, most: u64) -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: most,
        rlim_max: most,
    };
    // SAFETY: the pointer is to a value that lives until the call returns.
    check(unsafe { libc::setrlimit(what, &raw const limit) }).map(drop)
}

/// Closes every file but input, output and the one for complaints: what the process that started
/// us had open without saying that it is for itself alone. Kernels before 5.9 cannot, and keep them.
pub(crate) fn close_inherited() {
    // SAFETY: the call takes numbers alone. It is the first thing that a process does which is an
    // engine and nothing else, so nobody has opened anything that could be closed under him.
    unsafe { libc::close_range(3, libc::c_uint::MAX, 0) };
}

/// Gives up what a program with more rights could give the calling process, and the network where
/// the kernel lets us: some forbid it, and then it stays.
pub(crate) fn renounce() -> io::Result<()> {
    // SAFETY: both calls take numbers alone, and change only what this process may do.
    unsafe {
        check(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
        libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET | libc::CLONE_NEWIPC);
    }
    Ok(())
}
