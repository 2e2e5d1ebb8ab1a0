//! Batches of datagrams: `recvmmsg` into buffers of the pool, and `sendmmsg` out of them.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::os::fd::RawFd;

use libc::{c_uint, c_void, iovec, mmsghdr};

use super::address::RawAddress;
use super::control::{CONTROL, drops_of};
use super::pool::{BUFFER, Pool};
use super::received::Received;
use crate::arrived::TOGETHER;

/// Datagrams per system call.
pub(crate) const BATCH: usize = 64;

/// Aligned for a control message header.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; CONTROL]);

/// The arrays the kernel wants, made once. Headers point into this structure's own boxes and are
/// pointed anew before each call.
struct Arrays {
    headers: Box<[mmsghdr]>,
    vectors: Box<[iovec]>,
    addresses: Box<[RawAddress]>,
    controls: Box<[Control]>,
}

// SAFETY: the pointers lead into the structure's own boxes or into pool buffers and are used
// only during a call that was given both; nothing is tied to the thread that made them.
unsafe impl Send for Arrays {}

impl Arrays {
    fn new(size: usize) -> Arrays {
        // SAFETY: numbers and null pointers, for which all zero is valid.
        let header: mmsghdr = unsafe { std::mem::zeroed() };
        let vector = iovec {
            iov_base: std::ptr::null_mut(),
            iov_len: 0,
        };
        Arrays {
            headers: vec![header; size].into_boxed_slice(),
            vectors: vec![vector; size].into_boxed_slice(),
            addresses: vec![RawAddress::empty(); size].into_boxed_slice(),
            controls: vec![Control([0; CONTROL]); size].into_boxed_slice(),
        }
    }
}

/// Receives datagrams of several sockets, a batch of each at most.
pub(crate) struct Receiver {
    arrays: Arrays,
    /// A buffer for each place, which its header points to.
    buffers: Vec<u32>,
    /// How many of the places are filled.
    count: usize,
}

impl Receiver {
    pub(crate) fn new() -> Receiver {
        Receiver {
            arrays: Arrays::new(TOGETHER),
            buffers: Vec::with_capacity(TOGETHER),
            count: 0,
        }
    }

    /// How many datagrams came since it began.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Whether there is room for another batch.
    pub(crate) fn has_room(&self) -> bool {
        self.count + BATCH <= TOGETHER
    }

    /// Begins anew: the buffers of what came were passed on or given back. Each place gets one
    /// that nobody has, as far as the pool has any.
    pub(crate) fn begin(&mut self, pool: &mut Pool) {
        let filled = std::mem::take(&mut self.count);
        if pool.available() < filled {
            for unused in self.buffers.drain(..).skip(filled) {
                pool.give(unused);
            }
        }
        let kept = self.buffers.len();
        for place in (0..filled.min(kept)).chain(kept..TOGETHER) {
            let Some(buffer) = pool.take() else { break };
            self.put(place, buffer, pool);
        }
    }

    /// Makes the header of a place point to a buffer.
    fn put(&mut self, place: usize, buffer: u32, pool: &mut Pool) {
        let Arrays {
            headers,
            vectors,
            addresses,
            controls,
        } = &mut self.arrays;
        let (Some(header), Some(vector), Some(address), Some(control)) = (
            headers.get_mut(place),
            vectors.get_mut(place),
            addresses.get_mut(place),
            controls.get_mut(place),
        ) else {
            return;
        };
        let octets = pool.get_mut(buffer);
        vector.iov_base = octets.as_mut_ptr().cast();
        vector.iov_len = octets.len();
        header.msg_hdr.msg_name = (&raw mut *address).cast();
        header.msg_hdr.msg_namelen = RawAddress::ROOM;
        header.msg_hdr.msg_iov = vector;
        header.msg_hdr.msg_iovlen = 1;
        header.msg_hdr.msg_control = control.0.as_mut_ptr().cast();
        header.msg_hdr.msg_controllen = CONTROL;
        header.msg_hdr.msg_flags = 0;
        match self.buffers.get_mut(place) {
            Some(before) => *before = buffer,
            None => self.buffers.push(buffer),
        }
    }

    /// Reads what a socket has, at most a batch and at most as many as there are buffers; the
    /// places of what came, and whether there may be more. Each is to be looked at with
    /// [`Receiver::get`], and its buffer given back or passed on.
    pub(crate) fn receive(&mut self, fd: RawFd) -> (Range<usize>, bool) {
        let first = self.count;
        let end = self.buffers.len().min(first + BATCH);
        let Some(headers) = self.arrays.headers.get_mut(first..end) else {
            return (first..first, true);
        };
        let room = c_uint::try_from(headers.len()).unwrap_or(0);
        // SAFETY: each of the `room` headers points to an address, a vector over a pool buffer and
        // a control room of its own, all alive and not borrowed elsewhere; the buffers were taken
        // from the pool's free list, so nobody else reads or writes them.
        let got = unsafe {
            libc::recvmmsg(
                fd,
                headers.as_mut_ptr(),
                room,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        let got = usize::try_from(got).unwrap_or(0).min(headers.len());
        self.count += got;
        (first..self.count, got == headers.len())
    }

    /// The datagram in a place.
    pub(crate) fn get(&self, place: usize) -> Option<Received> {
        let header = self.arrays.headers.get(..self.count)?.get(place)?;
        let length = usize::try_from(header.msg_len).unwrap_or(0).min(BUFFER);
        let whole = header.msg_hdr.msg_flags & libc::MSG_TRUNC == 0;
        let address = self.arrays.addresses.get(place)?;
        let control = &self.arrays.controls.get(place)?.0;
        Some(Received {
            buffer: *self.buffers.get(place)?,
            length,
            from: address.get().filter(|_| whole),
            drops: control
                .get(..header.msg_hdr.msg_controllen)
                .and_then(drops_of),
        })
    }

    /// Forgets all buffers; the pool takes them back by itself.
    pub(crate) fn reset(&mut self) {
        self.buffers.clear();
        self.count = 0;
    }
}

/// One datagram to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing {
    pub(crate) buffer: u32,
    pub(crate) length: usize,
    pub(crate) to: SocketAddr,
}

/// Sends up to a batch from one socket.
pub(crate) struct Sender {
    arrays: Arrays,
    count: usize,
}

impl Sender {
    pub(crate) fn new() -> Sender {
        Sender {
            arrays: Arrays::new(BATCH),
            count: 0,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.count == BATCH
    }

    /// Adds a datagram to the batch; it must not be full, and the buffer must stay taken until
    /// [`Sender::send`].
    pub(crate) fn add(&mut self, outgoing: &Outgoing, pool: &mut Pool) {
        let Arrays {
            headers,
            vectors,
            addresses,
            ..
        } = &mut self.arrays;
        let n = self.count;
        let (Some(header), Some(vector), Some(address)) =
            (headers.get_mut(n), vectors.get_mut(n), addresses.get_mut(n))
        else {
            return;
        };
        let octets = pool.get_mut(outgoing.buffer);
        *address = RawAddress::from(outgoing.to);
        vector.iov_base = octets.as_mut_ptr().cast();
        vector.iov_len = outgoing.length.min(octets.len());
        header.msg_hdr.msg_name = (&raw mut *address).cast();
        header.msg_hdr.msg_namelen = address.length();
        header.msg_hdr.msg_iov = vector;
        header.msg_hdr.msg_iovlen = 1;
        header.msg_hdr.msg_control = std::ptr::null_mut();
        header.msg_hdr.msg_controllen = 0;
        header.msg_hdr.msg_flags = 0;
        self.count += 1;
    }

    /// Sends the batch: how many the kernel took, and how many it refused (no room, no route).
    /// One that is refused does not stop those behind it, unless there is no room.
    pub(crate) fn send(&mut self, fd: RawFd) -> (usize, usize) {
        let (mut at, mut taken) = (0, 0);
        let count = std::mem::take(&mut self.count);
        while at < count {
            let result = match count - at {
                1 => self.send_one(fd, at),
                left => self.send_many(fd, at, left),
            };
            match result {
                Ok(sent) => {
                    at += sent;
                    taken += sent;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => at += 1,
            }
        }
        (taken, count - taken)
    }

    fn send_many(&mut self, fd: RawFd, at: usize, left: usize) -> io::Result<usize> {
        let Some(headers) = self.arrays.headers.get_mut(at..at + left) else {
            return Ok(left);
        };
        let count = c_uint::try_from(left).unwrap_or(0);
        // SAFETY: the headers of this range were filled by `add` since the last send; what they
        // point to lives in this structure or in pool buffers that stay taken until we return.
        let sent = unsafe { libc::sendmmsg(fd, headers.as_mut_ptr(), count, libc::MSG_DONTWAIT) };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }

    /// The same for a single one; the call is cheaper.
    fn send_one(&mut self, fd: RawFd, at: usize) -> io::Result<usize> {
        let (Some(vector), Some(address)) =
            (self.arrays.vectors.get(at), self.arrays.addresses.get(at))
        else {
            return Ok(1);
        };
        let octets: *const c_void = vector.iov_base;
        // SAFETY: as in `send_many`.
        let sent = unsafe {
            libc::sendto(
                fd,
                octets,
                vector.iov_len,
                libc::MSG_DONTWAIT,
                address.as_ptr(),
                address.length(),
            )
        };
        if sent < 0 {
            Err(io::Error::last_os_error())
        } else {
            Ok(1)
        }
    }
}
