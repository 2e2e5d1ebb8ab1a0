//! The system calls: batches of datagrams, waiting for many sockets, pinning, processor time. All
//! `unsafe` of the crate is in this folder.
#![allow(
    unsafe_code,
    reason = "recvmmsg, sendmmsg, epoll and processor times are C interfaces"
)]

mod batch;
mod epoll;
mod shuttle;
mod thread;

use batch::{ADDRESS, address_of};
pub(crate) use batch::{BATCH, Inbox, Mailer, Outbox};
pub(crate) use epoll::Epoll;
pub(crate) use shuttle::{Shuttle, Way};
pub(crate) use thread::{Core, processor_time, ticks_per_second};

use std::io;
use std::net::{SocketAddrV4, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd};

/// A socket that never blocks, with buffers of so many octets where the kernel allows them.
pub(crate) fn udp(local: SocketAddrV4, buffer: i32) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(local)?;
    socket.set_nonblocking(true)?;
    // The first form is for everybody, the second passes the system's maximum and needs a right.
    let names = [
        libc::SO_RCVBUF,
        libc::SO_SNDBUF,
        libc::SO_RCVBUFFORCE,
        libc::SO_SNDBUFFORCE,
    ];
    for name in names {
        // SAFETY: the descriptor is open, the value an integer that lives through the call.
        unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_SOCKET,
                name,
                (&raw const buffer).cast(),
                4,
            )
        };
    }
    Ok(socket)
}

/// A connection that begins at this address and that nobody waits for.
///
/// # Errors
/// There are no descriptors or ports left, or it was refused at once.
pub(crate) fn stream(local: SocketAddrV4, to: SocketAddrV4) -> io::Result<TcpStream> {
    let kind = libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: the call takes numbers alone.
    let socket = unsafe { libc::socket(libc::AF_INET, kind, 0) };
    if socket < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just made, and nobody else has it.
    let stream = unsafe { TcpStream::from_raw_fd(socket) };
    let (from, to) = (address_of(local), address_of(to));
    // SAFETY: both addresses live through the calls and are as long as is said.
    let begun = unsafe {
        let bound = libc::bind(socket, (&raw const from).cast(), ADDRESS);
        if bound < 0 {
            bound
        } else {
            libc::connect(socket, (&raw const to).cast(), ADDRESS)
        }
    };
    let error = io::Error::last_os_error();
    if begun < 0 && error.raw_os_error() != Some(libc::EINPROGRESS) {
        return Err(error);
    }
    Ok(stream)
}
