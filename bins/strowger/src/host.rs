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

/// How many files this process may have open; none when the system does not say.
pub(crate) fn open_files() -> Option<usize> {
    soft_limit(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

fn soft_limit(limits: &str) -> Option<usize> {
    let mut lines = limits.lines();
    let line = lines.find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_of_open_files_is_read_from_its_line() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max processes             96497                96497                processes\n\
                    Max open files            1024                 524288               files\n";
        assert_eq!(soft_limit(text), Some(1_024));
        assert_eq!(
            soft_limit("Max open files   unlimited   unlimited   files"),
            None
        );
    }
}
