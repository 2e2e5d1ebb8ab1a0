//! Many datagrams per system call, in and out. Loopback is IPv4 here.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::RawFd;

use libc::{iovec, mmsghdr, sockaddr_in};

/// Datagrams per system call.
pub(crate) const BATCH: usize = 64;
/// Octets of a buffer; what is longer is cut, and nothing the exchange sends is.
const BUFFER: usize = 4096;

pub(super) fn empty_address() -> sockaddr_in {
    // SAFETY: an address is plain integers, for which all zeroes is a value.
    unsafe { std::mem::zeroed() }
}

pub(super) fn empty_headers() -> Vec<mmsghdr> {
    // SAFETY: numbers and null pointers, for which all zeroes is a value.
    let header: mmsghdr = unsafe { std::mem::zeroed() };
    vec![header; BATCH]
}

pub(super) fn empty_vectors() -> Vec<iovec> {
    let vector = iovec {
        iov_base: std::ptr::null_mut(),
        iov_len: 0,
    };
    vec![vector; BATCH]
}

/// Octets of an address as the kernel takes it.
pub(super) const ADDRESS: libc::socklen_t = 16;

/// An address as the kernel takes it.
pub(super) fn address_of(at: SocketAddrV4) -> sockaddr_in {
    let mut address = empty_address();
    address.sin_family = libc::sa_family_t::try_from(libc::AF_INET).unwrap_or(0);
    address.sin_port = at.port().to_be();
    address.sin_addr.s_addr = u32::from_ne_bytes(at.ip().octets());
    address
}

/// Room for a batch of received datagrams.
pub(crate) struct Inbox {
    buffers: Vec<u8>,
    headers: Vec<mmsghdr>,
    vectors: Vec<iovec>,
    addresses: Vec<sockaddr_in>,
    count: usize,
}

impl Inbox {
    pub(crate) fn new() -> Inbox {
        Inbox {
            buffers: vec![0; BATCH * BUFFER],
            headers: empty_headers(),
            vectors: empty_vectors(),
            addresses: vec![empty_address(); BATCH],
            count: 0,
        }
    }

    /// Reads what is there, at most a batch; how many datagrams came.
    pub(crate) fn receive(&mut self, socket: RawFd) -> usize {
        let rooms = self.vectors.iter_mut().zip(&mut self.addresses);
        let buffers = self.buffers.chunks_exact_mut(BUFFER);
        for ((header, (vector, address)), buffer) in self.headers.iter_mut().zip(rooms).zip(buffers)
        {
            vector.iov_base = buffer.as_mut_ptr().cast();
            vector.iov_len = BUFFER;
            header.msg_hdr.msg_name = (&raw mut *address).cast();
            header.msg_hdr.msg_namelen = ADDRESS;
            header.msg_hdr.msg_iov = vector;
            header.msg_hdr.msg_iovlen = 1;
        }
        let room = libc::c_uint::try_from(BATCH).unwrap_or(0);
        let (headers, none) = (self.headers.as_mut_ptr(), std::ptr::null_mut());
        // SAFETY: every header points to an address and to a vector over a buffer of its own, all
        // of which live in this structure and are borrowed by nobody else.
        let got = unsafe { libc::recvmmsg(socket, headers, room, libc::MSG_DONTWAIT, none) };
        self.count = usize::try_from(got).unwrap_or(0);
        self.count
    }

    /// The n-th datagram of the last batch.
    pub(crate) fn get(&self, n: usize) -> Option<(SocketAddrV4, &[u8])> {
        let header = self.headers.get(..self.count)?.get(n)?;
        let address = self.addresses.get(n)?;
        let ip = Ipv4Addr::from(address.sin_addr.s_addr.to_ne_bytes());
        let from = SocketAddrV4::new(ip, u16::from_be(address.sin_port));
        let length = usize::try_from(header.msg_len).unwrap_or(0).min(BUFFER);
        Some((from, self.buffers.get(n * BUFFER..n * BUFFER + length)?))
    }
}

/// Datagrams that wait to be sent from one socket.
#[derive(Default)]
pub(crate) struct Outbox {
    octets: Vec<u8>,
    list: Vec<(usize, usize, SocketAddrV4)>,
}

impl Outbox {
    /// Adds a datagram.
    pub(crate) fn push(&mut self, to: SocketAddrV4, octets: &[u8]) {
        self.list.push((self.octets.len(), octets.len(), to));
        self.octets.extend_from_slice(octets);
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Sends what waits, a batch per system call.
pub(crate) struct Mailer {
    headers: Vec<mmsghdr>,
    vectors: Vec<iovec>,
    addresses: Vec<sockaddr_in>,
}

impl Mailer {
    pub(crate) fn new() -> Mailer {
        Mailer {
            headers: empty_headers(),
            vectors: empty_vectors(),
            addresses: vec![empty_address(); BATCH],
        }
    }

    /// Sends everything; how many datagrams the kernel would not take.
    pub(crate) fn send(&mut self, outbox: &mut Outbox, socket: RawFd) -> usize {
        let (mut at, mut refused) = (0, 0);
        while at < outbox.list.len() {
            let count = self.point(outbox, at);
            let room = libc::c_uint::try_from(count).unwrap_or(0);
            let headers = self.headers.as_mut_ptr();
            // SAFETY: the first `count` headers were just pointed at addresses of this structure
            // and octets of the outbox, which stay as they are until the call returns.
            let sent = unsafe { libc::sendmmsg(socket, headers, room, libc::MSG_DONTWAIT) };
            match usize::try_from(sent) {
                Ok(sent) if sent > 0 => at += sent,
                Ok(_) | Err(_) => {
                    // the first of them was refused; those behind it are tried again
                    refused += 1;
                    at += 1;
                }
            }
        }
        outbox.list.clear();
        outbox.octets.clear();
        refused
    }

    /// Points the headers at the datagrams from `at` on; how many.
    fn point(&mut self, outbox: &mut Outbox, at: usize) -> usize {
        let rooms = self.vectors.iter_mut().zip(&mut self.addresses);
        let waiting = outbox.list.get(at..).unwrap_or_default();
        for ((header, (vector, address)), (begin, length, to)) in
            self.headers.iter_mut().zip(rooms).zip(waiting)
        {
            let octets = outbox.octets.get_mut(*begin..*begin + *length);
            let octets = octets.unwrap_or_default();
            *address = address_of(*to);
            vector.iov_base = octets.as_mut_ptr().cast();
            vector.iov_len = octets.len();
            header.msg_hdr.msg_name = (&raw mut *address).cast();
            header.msg_hdr.msg_namelen = ADDRESS;
            header.msg_hdr.msg_iov = vector;
            header.msg_hdr.msg_iovlen = 1;
        }
        waiting.len().min(BATCH)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sys;
    use std::os::fd::AsRawFd;

    #[test]
    fn what_is_sent_in_batches_arrives_in_order_with_its_sender() {
        let local = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
        let (a, b) = (
            sys::udp(local, 1 << 20).unwrap(),
            sys::udp(local, 1 << 20).unwrap(),
        );
        let port = |socket: &std::net::UdpSocket| socket.local_addr().unwrap().port();
        let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port(&b));
        let mut out = Outbox::default();
        for n in 0..100_u8 {
            out.push(to, &[n, n]);
        }
        assert_eq!(Mailer::new().send(&mut out, a.as_raw_fd()), 0);
        assert!(out.is_empty());
        let (mut inbox, mut seen) = (Inbox::new(), Vec::new());
        while inbox.receive(b.as_raw_fd()) > 0 {
            for n in 0..BATCH {
                if let Some((from, octets)) = inbox.get(n) {
                    assert_eq!((from.port(), octets.len()), (port(&a), 2));
                    seen.push(octets[0]);
                }
            }
        }
        assert_eq!(seen, (0..100).collect::<Vec<u8>>());
    }
}
