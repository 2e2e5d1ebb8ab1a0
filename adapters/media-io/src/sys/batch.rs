//! Batches of datagrams: `recvmmsg` into buffers of the pool, and `sendmmsg` out of them.

use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use libc::{c_uint, c_void, iovec, mmsghdr};

use super::address::RawAddress;
use super::control::{CONTROL, drops_of};
use super::pool::{BUFFER, Pool};
use super::received::Received;

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
    fn new() -> Arrays {
        // SAFETY: numbers and null pointers, for which all zero is valid.
        let header: mmsghdr = unsafe { std::mem::zeroed() };
        let vector = iovec {
            iov_base: std::ptr::null_mut(),
            iov_len: 0,
        };
        Arrays {
            headers: vec![header; BATCH].into_boxed_slice(),
            vectors: vec![vector; BATCH].into_boxed_slice(),
            addresses: vec![RawAddress::empty(); BATCH].into_boxed_slice(),
            controls: vec![Control([0; CONTROL]); BATCH].into_boxed_slice(),
        }
    }
}

/// Receives up to a batch from one socket.
pub(crate) struct Receiver {
    arrays: Arrays,
    buffers: Vec<u32>,
    count: usize,
}

impl Receiver {
    pub(crate) fn new() -> Receiver {
        Receiver {
            arrays: Arrays::new(),
            buffers: Vec::with_capacity(BATCH),
            count: 0,
        }
    }

    /// Reads what is there, at most a batch and at most as many as the pool has buffers; how many
    /// datagrams came. Afterwards each must be looked at with [`Receiver::get`] and its buffer
    /// given back or passed on.
    pub(crate) fn receive(&mut self, fd: RawFd, pool: &mut Pool) -> usize {
        while self.buffers.len() < BATCH {
            let Some(buffer) = pool.take() else { break };
            self.buffers.push(buffer);
        }
        let wanted = self.buffers.len();
        let Arrays {
            headers,
            vectors,
            addresses,
            controls,
        } = &mut self.arrays;
        let slots = headers.iter_mut().zip(vectors.iter_mut());
        let rooms = addresses.iter_mut().zip(controls.iter_mut());
        for (((header, vector), (address, control)), buffer) in slots.zip(rooms).zip(&self.buffers)
        {
            let octets = pool.get_mut(*buffer);
            vector.iov_base = octets.as_mut_ptr().cast();
            vector.iov_len = octets.len();
            header.msg_hdr.msg_name = (&raw mut *address).cast();
            header.msg_hdr.msg_namelen = RawAddress::ROOM;
            header.msg_hdr.msg_iov = vector;
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = control.0.as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = CONTROL;
            header.msg_hdr.msg_flags = 0;
        }
        let room = c_uint::try_from(wanted).unwrap_or(0);
        // SAFETY: the first `room` headers point to an address, a vector over a pool buffer and a
        // control room each, all alive and not borrowed elsewhere; the buffers were taken from
        // the pool's free list, so nobody else reads or writes them.
        let got = unsafe {
            libc::recvmmsg(
                fd,
                headers.as_mut_ptr(),
                room,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        self.count = usize::try_from(got).unwrap_or(0);
        self.count
    }

    /// The n-th datagram of the last batch.
    pub(crate) fn get(&self, n: usize) -> Option<Received> {
        let header = self.arrays.headers.get(..self.count)?.get(n)?;
        let buffer = *self.buffers.get(n)?;
        let length = usize::try_from(header.msg_len).unwrap_or(0).min(BUFFER);
        let whole = header.msg_hdr.msg_flags & libc::MSG_TRUNC == 0;
        let address = self.arrays.addresses.get(n)?;
        let control = &self.arrays.controls.get(n)?.0;
        Some(Received {
            buffer,
            length,
            from: address.get().filter(|_| whole),
            drops: control
                .get(..header.msg_hdr.msg_controllen)
                .and_then(drops_of),
        })
    }

    /// Forgets the buffers of the last batch (they were passed on or given back) and keeps those
    /// that were not filled for the next.
    pub(crate) fn done(&mut self) {
        self.buffers.drain(..self.count.min(self.buffers.len()));
        self.count = 0;
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
            arrays: Arrays::new(),
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
