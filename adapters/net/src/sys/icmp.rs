//! What the network says later of datagrams sent: the sockets' error queues.

use std::io::{self};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use super::address::{RawAddress, ip_of};
use super::inbound::v6;
use super::length_of;

/// ICMP "destination unreachable" (RFC 792) and the code of it that only means "too long".
const UNREACHABLE_V4: u8 = 3;
const FRAGMENTATION_NEEDED: u8 = 4;
/// ICMPv6 "destination unreachable" (RFC 4443 §3.1).
const UNREACHABLE_V6: u8 = 1;

#[repr(C, align(8))]
struct Control([u8; 512]);

/// What an ICMP message quoted of a datagram of ours.
#[derive(Debug)]
pub(crate) struct Quoted {
    /// Whom it was sent to.
    pub(crate) remote: SocketAddr,
    /// The address of ours it left from, when the kernel told; the port is 0.
    pub(crate) from: Option<SocketAddr>,
    /// Whether it said "unreachable"; other reports (a hop limit, a path's size) are no verdict
    /// on the remote (RFC 3261 §18.4).
    pub(crate) unreachable: bool,
    /// How many octets of it are in the buffer.
    pub(crate) length: usize,
}

/// Takes one report from the socket's error queue, quoting into `buffer`; `None` when there are no
/// more.
pub(crate) fn read_error(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<Option<Quoted>> {
    let mut name = RawAddress::empty();
    let mut room = Control([0; 512]);
    let mut vector = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    // SAFETY: msghdr is integers and pointers, for which all zeroes is a value.
    let mut head: libc::msghdr = unsafe { std::mem::zeroed() };
    head.msg_name = (&raw mut name).cast();
    head.msg_namelen = length_of::<RawAddress>();
    head.msg_iov = &raw mut vector;
    head.msg_iovlen = 1;
    head.msg_control = room.0.as_mut_ptr().cast();
    head.msg_controllen = room.0.len();
    // SAFETY: every pointer of `head` refers to a live local or to `buffer`, as long as it says.
    let length = unsafe {
        let flags = libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT;
        libc::recvmsg(socket.as_raw_fd(), &raw mut head, flags)
    };
    let Ok(length) = usize::try_from(length) else {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::WouldBlock {
            Ok(None)
        } else {
            Err(error)
        };
    };
    let Some(remote) = name.read() else {
        let rule = "a report without the remote's address";
        return Err(io::Error::new(io::ErrorKind::InvalidData, rule));
    };
    let (from, unreachable) = control(&head);
    Ok(Some(Quoted {
        remote,
        from,
        unreachable,
        length,
    }))
}

/// Whom the ICMP message came to, which is where the datagram left from, and whether it says
/// "unreachable".
fn control(head: &libc::msghdr) -> (Option<SocketAddr>, bool) {
    let (mut from, mut unreachable) = (None, false);
    // SAFETY: the kernel filled `msg_control` for `msg_controllen` octets; the macros stay within
    // it, and data is read unaligned after its kind was checked.
    unsafe {
        let mut next = libc::CMSG_FIRSTHDR(head);
        while let Some(message) = next.as_ref() {
            let data = libc::CMSG_DATA(next);
            match (message.cmsg_level, message.cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info: libc::in_pktinfo = ptr::read_unaligned(data.cast());
                    // the header's destination: of a report the kernel knows no other
                    from = Some(SocketAddr::from((ip_of(info.ipi_addr), 0)));
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    from = Some(v6(ptr::read_unaligned(data.cast())));
                }
                (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR) => {
                    unreachable = is_unreachable(ptr::read_unaligned(data.cast()));
                }
                // a kind we did not ask for
                _ => {}
            }
            next = libc::CMSG_NXTHDR(head, next);
        }
    }
    (from, unreachable)
}

fn is_unreachable(error: libc::sock_extended_err) -> bool {
    match error.ee_origin {
        libc::SO_EE_ORIGIN_ICMP => {
            error.ee_type == UNREACHABLE_V4 && error.ee_code != FRAGMENTATION_NEEDED
        }
        libc::SO_EE_ORIGIN_ICMP6 => error.ee_type == UNREACHABLE_V6,
        _ => false,
    }
}
