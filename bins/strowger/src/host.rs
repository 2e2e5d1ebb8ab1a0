//! What the machine has: addresses, and how many files may be open.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses kept for documentation (RFC 5737, RFC 3849): asking the way there sends nothing.
const FAR_V4: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);
const FAR_V6: SocketAddr = SocketAddr::new(
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    9,
);

/// The address by which this machine reaches others, if there is a way out.
pub(crate) fn outward(v4: bool) -> Option<IpAddr> {
    let (any, far): (IpAddr, _) = if v4 {
        (Ipv4Addr::UNSPECIFIED.into(), FAR_V4)
    } else {
        (Ipv6Addr::UNSPECIFIED.into(), FAR_V6)
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(far).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified()).then_some(ip)
}

/// Whether an address is one of this machine's.
pub(crate) fn is_ours(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}
