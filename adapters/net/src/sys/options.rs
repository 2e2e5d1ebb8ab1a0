//! Socket options.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use super::{int, length_of};

/// Which kernel buffer of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Receive,
    Send,
}

pub(super) fn set(
    socket: BorrowedFd<'_>,
    level: libc::c_int,
    option: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    // SAFETY: the option's value is one int that outlives the call, and its length says so.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            length_of::<libc::c_int>(),
        )
    };
    if done < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

fn get(socket: BorrowedFd<'_>, level: libc::c_int, option: libc::c_int) -> io::Result<libc::c_int> {
    let mut value: libc::c_int = 0;
    let mut length = length_of::<libc::c_int>();
    // SAFETY: value and length outlive the call, and length says how much may be written.
    let done = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw mut value).cast(),
            &raw mut length,
        )
    };
    if done < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(value)
    }
}

/// Asks for a kernel buffer of `octets`, past the host's ceiling where we are privileged, and
/// tells what was granted. (The kernel doubles what is asked for its own book-keeping and reports
/// the double; here both are what may be used.)
pub(crate) fn set_buffer(
    socket: BorrowedFd<'_>,
    direction: Direction,
    octets: usize,
) -> io::Result<usize> {
    let (force, plain) = match direction {
        Direction::Receive => (libc::SO_RCVBUFFORCE, libc::SO_RCVBUF),
        Direction::Send => (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF),
    };
    if set(socket, libc::SOL_SOCKET, force, int(octets)).is_err() {
        set(socket, libc::SOL_SOCKET, plain, int(octets))?;
    }
    let doubled = get(socket, libc::SOL_SOCKET, plain)?;
    Ok(usize::try_from(doubled).unwrap_or(0) / 2)
}

/// Lets the kernel give a stream up when the peer has acknowledged nothing for `patience`.
pub(crate) fn set_user_timeout(socket: BorrowedFd<'_>, patience: Duration) -> io::Result<()> {
    let millis = libc::c_int::try_from(patience.as_millis()).unwrap_or(libc::c_int::MAX);
    set(socket, libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT, millis)
}
