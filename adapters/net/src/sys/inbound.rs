//! Datagrams in, many per call.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use super::address::{RawAddress, ip_of};
use super::{BATCH, length_of};

/// Longest datagram, octets: what UDP's length field can say.
const DATAGRAM: usize = 65_535;
/// Distance between two buffers. No power of two, since then the beginnings of all buffers would
/// compete for the same few lines of the processor's cache.
const STRIDE: usize = 65_536 + 1_088;
/// Octets for the control messages of one datagram (packet information and the drop counter).
const CONTROL: usize = 128;

#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Control([u8; CONTROL]);

/// The memory of one `recvmmsg`. It is touched only as far as datagrams reach.
pub(crate) struct Inbound {
    octets: Box<[u8]>,
    names: Box<[RawAddress]>,
    controls: Box<[Control]>,
    vectors: Box<[libc::iovec]>,
    headers: Box<[libc::mmsghdr]>,
}

// SAFETY: its pointers are followed only within `receive`, which makes them all anew beforehand;
// between calls they are mere numbers, and what they point to is not shared with another thread.
unsafe impl Send for Inbound {}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbound")
            .field("octets", &self.octets.len())
            .finish_non_exhaustive()
    }
}

/// One datagram in the memory of an [`Inbound`].
#[derive(Debug)]
pub(crate) struct Arrived<'a> {
    pub(crate) octets: &'a [u8],
    pub(crate) remote: SocketAddr,
    /// The address of ours it was sent to, when the kernel told; the port is 0.
    pub(crate) to: Option<SocketAddr>,
    /// How many datagrams the socket has dropped in its life, when it has dropped any.
    pub(crate) dropped: Option<u32>,
}

impl Inbound {
    pub(crate) fn new() -> Inbound {
        let vector = libc::iovec {
            iov_base: ptr::null_mut(),
            iov_len: 0,
        };
        // SAFETY: mmsghdr is integers and pointers, for which all zeroes is a value.
        let header: libc::mmsghdr = unsafe { std::mem::zeroed() };
        Inbound {
            octets: vec![0; STRIDE * BATCH].into_boxed_slice(),
            names: vec![RawAddress::empty(); BATCH].into_boxed_slice(),
            controls: vec![Control([0; CONTROL]); BATCH].into_boxed_slice(),
            vectors: vec![vector; BATCH].into_boxed_slice(),
            headers: vec![header; BATCH].into_boxed_slice(),
        }
    }

    fn point(&mut self) {
        let buffers = self.octets.chunks_exact_mut(STRIDE);
        let places = self.names.iter_mut().zip(self.controls.iter_mut());
        let heads = self.headers.iter_mut().zip(self.vectors.iter_mut());
        for ((buffer, (name, control)), (header, vector)) in buffers.zip(places).zip(heads) {
            vector.iov_base = buffer.as_mut_ptr().cast();
            vector.iov_len = DATAGRAM;
            let head = &mut header.msg_hdr;
            head.msg_name = ptr::from_mut(name).cast();
            head.msg_namelen = length_of::<RawAddress>();
            head.msg_iov = vector;
            head.msg_iovlen = 1;
            head.msg_control = control.0.as_mut_ptr().cast();
            head.msg_controllen = CONTROL;
            head.msg_flags = 0;
            header.msg_len = 0;
        }
    }

    /// Takes up to [`BATCH`] waiting datagrams; `WouldBlock` when there are none.
    pub(crate) fn receive(&mut self, socket: BorrowedFd<'_>) -> io::Result<usize> {
        self.point();
        let want = libc::c_uint::try_from(self.headers.len()).unwrap_or(0);
        // SAFETY: `point` has just made every header refer to memory of `self` that is as long as
        // it says and that nobody else refers to; the kernel writes within it only.
        let n = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.headers.as_mut_ptr(),
                want,
                libc::MSG_DONTWAIT,
                ptr::null_mut(),
            )
        };
        usize::try_from(n).map_err(|_| io::Error::last_os_error())
    }

    /// The first `n` datagrams of the last call; those of no known family are left out.
    pub(crate) fn arrived(&self, n: usize) -> impl Iterator<Item = Arrived<'_>> {
        let buffers = self.octets.chunks_exact(STRIDE).zip(&self.names);
        self.headers
            .iter()
            .zip(buffers)
            .take(n)
            .filter_map(|(header, (buffer, name))| {
                let length = usize::try_from(header.msg_len).unwrap_or(0);
                let octets = buffer.get(..length)?;
                let remote = name.read()?;
                let (to, dropped) = control(&header.msg_hdr);
                Some(Arrived {
                    octets,
                    remote,
                    to,
                    dropped,
                })
            })
    }
}

/// Where the datagram was sent to and the socket's drops.
fn control(head: &libc::msghdr) -> (Option<SocketAddr>, Option<u32>) {
    let (mut to, mut dropped) = (None, None);
    // SAFETY: the kernel filled the caller's `msg_control` for `msg_controllen` octets; the
    // macros stay within it, and data is read unaligned after its kind was checked.
    unsafe {
        let mut next = libc::CMSG_FIRSTHDR(head);
        while let Some(message) = next.as_ref() {
            let data = libc::CMSG_DATA(next);
            match (message.cmsg_level, message.cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info: libc::in_pktinfo = ptr::read_unaligned(data.cast());
                    // not the header's destination: that one may be a broadcast
                    to = Some(SocketAddr::from((ip_of(info.ipi_spec_dst), 0)));
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info: libc::in6_pktinfo = ptr::read_unaligned(data.cast());
                    to = Some(v6(info));
                }
                (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) => {
                    dropped = Some(ptr::read_unaligned(data.cast()));
                }
                // a kind we did not ask for
                _ => {}
            }
            next = libc::CMSG_NXTHDR(head, next);
        }
    }
    (to, dropped)
}

pub(super) fn v6(info: libc::in6_pktinfo) -> SocketAddr {
    let ip = Ipv6Addr::from(info.ipi6_addr.s6_addr);
    // only a link-local address needs its interface to be complete
    let scope = if ip.is_unicast_link_local() {
        info.ipi6_ifindex
    } else {
        0
    };
    SocketAddr::V6(SocketAddrV6::new(ip, 0, 0, scope))
}
