//! The system calls: batches of datagrams, waiting for many sockets, pinning, processor time. All
//! `unsafe` of the crate is in this folder.
#![allow(
    unsafe_code,
    reason = "recvmmsg, sendmmsg, epoll and processor times are C interfaces"
)]

mod batch;
mod epoll;
mod thread;

pub(crate) use batch::{BATCH, Inbox, Mailer, Outbox};
pub(crate) use epoll::Epoll;
pub(crate) use thread::{Core, processor_time, ticks_per_second};

use std::io;
use std::net::{SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;

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
