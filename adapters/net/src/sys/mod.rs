//! The kernel calls the standard library does not offer; all unsafe code of this crate is here.
#![allow(unsafe_code)] // batches, epoll, eventfd, socket options, scheduling have no safe face

use std::io;

mod address;
mod epoll;
mod files;
mod icmp;
mod inbound;
mod options;
mod outbound;
mod precedence;
mod socket;

pub(crate) use epoll::{Epoll, Event, Interest};
pub(crate) use files::raise_file_limit;
pub(crate) use icmp::read_error;
pub(crate) use inbound::{Arrived, Inbound};
pub(crate) use options::{Direction, set_buffer, set_user_timeout};
pub(crate) use outbound::{Datagram, Outbound};
pub(crate) use precedence::{
    own_niceness, own_thread, set_batch, set_niceness, set_real_time, set_slice, thread_time,
    thread_time_of,
};
pub(crate) use socket::{connect_stream, event_fd, listen_stream, open_datagram};

/// Datagrams taken from or given to the kernel by one call.
pub const BATCH: usize = 64;

/// The size of `T` as the kernel wants it.
fn length_of<T>() -> libc::socklen_t {
    libc::socklen_t::try_from(size_of::<T>()).unwrap_or(0)
}

/// A flag or a length as the kernel wants it; nothing we pass comes near the bound.
fn int(value: usize) -> libc::c_int {
    libc::c_int::try_from(value).unwrap_or(libc::c_int::MAX)
}

/// Whether an error says nothing of the stream itself.
pub(crate) fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
