//! Making sockets.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use super::address::{RawAddress, family_of};
use super::options::set;

/// Connections the kernel may hold ready before we accept them; the host's ceiling applies.
const BACKLOG: libc::c_int = 4096;

/// A counter that wakes a waiting loop.
pub(crate) fn event_fd() -> io::Result<OwnedFd> {
    // SAFETY: no pointers; the result is checked before it becomes an owned descriptor.
    let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
    owned(fd)
}

fn owned(fd: libc::c_int) -> io::Result<OwnedFd> {
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `fd` is a fresh descriptor nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn open(kind: libc::c_int, ip: IpAddr) -> io::Result<OwnedFd> {
    let kind = kind | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: no pointers.
    let socket = owned(unsafe { libc::socket(family_of(ip), kind, 0) })?;
    if ip.is_ipv6() {
        // both wildcards can then stand side by side on one port
        set(socket.as_fd(), libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1)?;
    }
    Ok(socket)
}

fn bind(socket: &OwnedFd, at: SocketAddr) -> io::Result<()> {
    let mut raw = RawAddress::empty();
    let length = raw.write(at);
    // SAFETY: `raw` outlives the call and `length` octets of it are written.
    let done = unsafe { libc::bind(socket.as_raw_fd(), (&raw const raw).cast(), length) };
    if done < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// A datagram socket at `at` that tells where each datagram was sent to and how many it dropped.
pub(crate) fn open_datagram(
    at: SocketAddr,
    share: bool,
    report_unreachable: bool,
) -> io::Result<UdpSocket> {
    let socket = open(libc::SOCK_DGRAM, at.ip())?;
    let fd = socket.as_fd();
    if share {
        set(fd, libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)?;
    }
    set(fd, libc::SOL_SOCKET, libc::SO_RXQ_OVFL, 1)?;
    let report = libc::c_int::from(report_unreachable);
    if at.is_ipv4() {
        set(fd, libc::IPPROTO_IP, libc::IP_PKTINFO, 1)?;
        set(fd, libc::IPPROTO_IP, libc::IP_RECVERR, report)?;
    } else {
        set(fd, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, 1)?;
        set(fd, libc::IPPROTO_IPV6, libc::IPV6_RECVERR, report)?;
    }
    bind(&socket, at)?;
    Ok(UdpSocket::from(socket))
}

/// A listening stream socket at `at`.
pub(crate) fn listen_stream(at: SocketAddr, share: bool) -> io::Result<TcpListener> {
    let socket = open(libc::SOCK_STREAM, at.ip())?;
    // a node that restarts must not wait for the last one's connections to be forgotten
    set(socket.as_fd(), libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
    if share {
        set(socket.as_fd(), libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)?;
    }
    bind(&socket, at)?;
    // SAFETY: no pointers.
    if unsafe { libc::listen(socket.as_raw_fd(), BACKLOG) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(TcpListener::from(socket))
}

/// A stream being opened to `remote`, from the IP of `from` when given; it is open when it gets
/// writable without an error.
pub(crate) fn connect_stream(
    remote: SocketAddr,
    from: Option<SocketAddr>,
) -> io::Result<TcpStream> {
    let socket = open(libc::SOCK_STREAM, remote.ip())?;
    if let Some(mut from) = from {
        from.set_port(0);
        // the port is chosen with the remote, so that ports are not used up by one bind each
        set(
            socket.as_fd(),
            libc::IPPROTO_IP,
            libc::IP_BIND_ADDRESS_NO_PORT,
            1,
        )?;
        bind(&socket, from)?;
    }
    let mut raw = RawAddress::empty();
    let length = raw.write(remote);
    // SAFETY: `raw` outlives the call and `length` octets of it are written.
    let done = unsafe { libc::connect(socket.as_raw_fd(), (&raw const raw).cast(), length) };
    if done < 0 {
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::EINPROGRESS) {
            return Err(error);
        }
    }
    Ok(TcpStream::from(socket))
}
