//! Datagrams out, many per call.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use super::address::{RawAddress, in_addr, in6_addr};
use super::{BATCH, length_of};

const CONTROL: usize = 64;

#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Control([u8; CONTROL]);

/// One datagram to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Datagram<'a> {
    pub(crate) octets: &'a [u8],
    pub(crate) remote: SocketAddr,
    /// The address of ours it is to leave from, on a socket that has more than one.
    pub(crate) from: Option<SocketAddr>,
}

/// The memory of one `sendmmsg`.
pub(crate) struct Outbound {
    names: Box<[RawAddress]>,
    controls: Box<[Control]>,
    vectors: Box<[libc::iovec]>,
    headers: Box<[libc::mmsghdr]>,
}

// SAFETY: its pointers are followed only within `send`, which makes them all anew beforehand;
// between calls they are mere numbers, and what they point to is not shared with another thread.
unsafe impl Send for Outbound {}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").finish_non_exhaustive()
    }
}

impl Outbound {
    pub(crate) fn new() -> Outbound {
        let vector = libc::iovec {
            iov_base: ptr::null_mut(),
            iov_len: 0,
        };
        // SAFETY: mmsghdr is integers and pointers, for which all zeroes is a value.
        let header: libc::mmsghdr = unsafe { std::mem::zeroed() };
        Outbound {
            names: vec![RawAddress::empty(); BATCH].into_boxed_slice(),
            controls: vec![Control([0; CONTROL]); BATCH].into_boxed_slice(),
            vectors: vec![vector; BATCH].into_boxed_slice(),
            headers: vec![header; BATCH].into_boxed_slice(),
        }
    }

    /// Gives the kernel the first [`BATCH`] of `datagrams` and tells how many it took. An error
    /// is about the first one.
    pub(crate) fn send<'a>(
        &mut self,
        socket: BorrowedFd<'_>,
        datagrams: impl Iterator<Item = Datagram<'a>>,
    ) -> io::Result<usize> {
        let places = self.names.iter_mut().zip(self.controls.iter_mut());
        let heads = self.headers.iter_mut().zip(self.vectors.iter_mut());
        let mut n: libc::c_uint = 0;
        for (datagram, ((name, control), (header, vector))) in datagrams.zip(places.zip(heads)) {
            // the kernel only reads through it, the pointer is mutable for recvmsg's sake
            vector.iov_base = datagram.octets.as_ptr().cast_mut().cast();
            vector.iov_len = datagram.octets.len();
            let head = &mut header.msg_hdr;
            head.msg_namelen = name.write(datagram.remote);
            head.msg_name = ptr::from_mut(name).cast();
            head.msg_iov = vector;
            head.msg_iovlen = 1;
            head.msg_control = ptr::null_mut();
            head.msg_controllen = 0;
            head.msg_flags = 0;
            if let Some(from) = datagram.from {
                leave_from(head, control, from);
            }
            n += 1;
        }
        // SAFETY: the first `n` headers refer to `self` and to `datagrams`, all alive for `'a`
        // or longer than this call; the kernel writes only `msg_len`.
        let sent = unsafe {
            let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
            libc::sendmmsg(socket.as_raw_fd(), self.headers.as_mut_ptr(), n, flags)
        };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }
}

fn leave_from(head: &mut libc::msghdr, control: &mut Control, from: SocketAddr) {
    match from {
        SocketAddr::V4(v4) => {
            let info = libc::in_pktinfo {
                ipi_ifindex: 0,
                ipi_spec_dst: in_addr(*v4.ip()),
                ipi_addr: in_addr(*v4.ip()),
            };
            put(head, control, libc::IPPROTO_IP, libc::IP_PKTINFO, info);
        }
        SocketAddr::V6(v6) => {
            let info = libc::in6_pktinfo {
                ipi6_addr: in6_addr(*v6.ip()),
                ipi6_ifindex: v6.scope_id(),
            };
            put(head, control, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, info);
        }
    }
}

fn put<T>(
    head: &mut libc::msghdr,
    control: &mut Control,
    level: libc::c_int,
    kind: libc::c_int,
    value: T,
) {
    head.msg_control = control.0.as_mut_ptr().cast();
    // SAFETY: both packet information structs need at most 40 of the CONTROL octets including
    // their header; Control is aligned for cmsghdr, so the first header lies at its beginning.
    unsafe {
        let length = length_of::<T>();
        head.msg_controllen = usize::try_from(libc::CMSG_SPACE(length)).unwrap_or(CONTROL);
        let message = control.0.as_mut_ptr().cast::<libc::cmsghdr>();
        (*message).cmsg_level = level;
        (*message).cmsg_type = kind;
        (*message).cmsg_len = usize::try_from(libc::CMSG_LEN(length)).unwrap_or(CONTROL);
        ptr::write_unaligned(libc::CMSG_DATA(message).cast(), value);
    }
}
