//! A batch straight through: out of one socket and into another, from the same buffers.

use super::batch::{ADDRESS, BATCH, address_of, empty_address, empty_headers, empty_vectors};
use libc::{iovec, mmsghdr, sockaddr_in};
use std::net::SocketAddrV4;
use std::os::fd::RawFd;

/// Octets of a buffer; what is longer is cut, and nothing that parties say is.
const BUFFER: usize = 512;

/// Where what one socket receives goes: out of which socket, and to whom.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    out: RawFd,
    to: sockaddr_in,
}

impl Way {
    pub(crate) fn new(out: RawFd, to: SocketAddrV4) -> Way {
        let to = address_of(to);
        Way { out, to }
    }
}

/// The arrays the kernel wants, pointed at each other once. They are reached by the pointers that
/// `Vec::as_mut_ptr` gives and never borrowed, so that those stay what they are.
pub(crate) struct Shuttle {
    came: Vec<mmsghdr>,
    leaves: Vec<mmsghdr>,
    lengths: Vec<iovec>,
    to: Vec<sockaddr_in>,
    _rooms: Vec<iovec>,
    _sources: Vec<sockaddr_in>,
    _octets: Vec<u8>,
}

impl Shuttle {
    pub(crate) fn new() -> Shuttle {
        let mut octets = vec![0; BATCH * BUFFER];
        let (mut came, mut leaves) = (empty_headers(), empty_headers());
        let (mut rooms, mut lengths) = (empty_vectors(), empty_vectors());
        let mut sources = vec![empty_address(); BATCH];
        let mut to = vec![empty_address(); 1];
        for n in 0..BATCH {
            // SAFETY: every array has so many elements, and nothing of them is borrowed.
            unsafe {
                let buffer = octets.as_mut_ptr().add(n * BUFFER);
                let (room, length) = (rooms.as_mut_ptr().add(n), lengths.as_mut_ptr().add(n));
                (*room).iov_base = buffer.cast();
                (*room).iov_len = BUFFER;
                (*length).iov_base = buffer.cast();
                let header = &raw mut (*came.as_mut_ptr().add(n)).msg_hdr;
                (*header).msg_name = sources.as_mut_ptr().add(n).cast();
                (*header).msg_namelen = ADDRESS;
                (*header).msg_iov = room;
                (*header).msg_iovlen = 1;
                let header = &raw mut (*leaves.as_mut_ptr().add(n)).msg_hdr;
                (*header).msg_name = to.as_mut_ptr().cast();
                (*header).msg_namelen = ADDRESS;
                (*header).msg_iov = length;
                (*header).msg_iovlen = 1;
            }
        }
        Shuttle {
            came,
            leaves,
            lengths,
            to,
            _rooms: rooms,
            _sources: sources,
            _octets: octets,
        }
    }

    /// Passes on what is there, at most a batch; how many came, and how many the kernel took.
    pub(crate) fn pass(&mut self, from: RawFd, way: &Way) -> (usize, usize) {
        let room = libc::c_uint::try_from(BATCH).unwrap_or(0);
        let (headers, none) = (self.came.as_mut_ptr(), std::ptr::null_mut());
        // SAFETY: every header was pointed at an address and a vector over a buffer of its own.
        let came = unsafe { libc::recvmmsg(from, headers, room, libc::MSG_DONTWAIT, none) };
        let Ok(came) = usize::try_from(came) else {
            return (0, 0);
        };
        // SAFETY: so many headers were written by the kernel, and there are as many of the others.
        unsafe {
            *self.to.as_mut_ptr() = way.to;
            for n in 0..came.min(BATCH) {
                let header = self.came.as_mut_ptr().add(n);
                (*header).msg_hdr.msg_namelen = ADDRESS;
                let length = usize::try_from((*header).msg_len).unwrap_or(0);
                (*self.lengths.as_mut_ptr().add(n)).iov_len = length.min(BUFFER);
            }
        }
        (came, self.send(way.out, came))
    }

    /// Sends the first of the batch; the call for a single one is cheaper.
    fn send(&mut self, out: RawFd, count: usize) -> usize {
        let flags = libc::MSG_DONTWAIT;
        let headers = self.leaves.as_mut_ptr();
        if count == 1 {
            // SAFETY: vector and address of the first header live in this structure.
            let sent = unsafe {
                let vector = *self.lengths.as_mut_ptr();
                let to = self.to.as_mut_ptr().cast();
                libc::sendto(out, vector.iov_base, vector.iov_len, flags, to, ADDRESS)
            };
            return usize::from(sent >= 0);
        }
        let count = libc::c_uint::try_from(count).unwrap_or(0);
        // SAFETY: the first `count` headers point at vectors whose lengths were just set.
        let sent = unsafe { libc::sendmmsg(out, headers, count, flags) };
        usize::try_from(sent).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sys;
    use std::net::{Ipv4Addr, UdpSocket};
    use std::os::fd::AsRawFd;

    fn socket() -> (UdpSocket, SocketAddrV4) {
        let socket = sys::udp(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), 1 << 20).unwrap();
        let port = socket.local_addr().unwrap().port();
        (socket, SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
    }

    #[test]
    fn what_one_socket_receives_leaves_by_another_as_it_was() {
        let [(anna, _), (bert, home), (near, door), (far, exit)] = [(); 4].map(|()| socket());
        let way = Way::new(far.as_raw_fd(), home);
        let mut shuttle = Shuttle::new();
        for count in [1_u8, 5, 64] {
            for n in 0..count {
                anna.send_to(&[n, count], door).unwrap();
            }
            let many = usize::from(count);
            assert_eq!(shuttle.pass(near.as_raw_fd(), &way), (many, many));
            for n in 0..count {
                let mut octets = [0; 8];
                let (length, from) = bert.recv_from(&mut octets).unwrap();
                assert_eq!((&octets[..length], from), (&[n, count][..], exit.into()));
            }
        }
        assert_eq!(shuttle.pass(near.as_raw_fd(), &way), (0, 0));
    }
}
