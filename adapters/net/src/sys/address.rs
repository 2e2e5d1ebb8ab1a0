//! Socket addresses between Rust's and the kernel's form.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::length_of;

/// Room for an address of either family.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) union RawAddress {
    pub(crate) storage: libc::sockaddr_storage,
    v4: libc::sockaddr_in,
    v6: libc::sockaddr_in6,
}

impl RawAddress {
    pub(crate) fn empty() -> RawAddress {
        // SAFETY: sockaddr_storage is plain integers, for which all zeroes is a value.
        let storage = unsafe { std::mem::zeroed() };
        RawAddress { storage }
    }

    /// Writes `address` and tells how many octets of it count.
    pub(crate) fn write(&mut self, address: SocketAddr) -> libc::socklen_t {
        match address {
            SocketAddr::V4(v4) => {
                self.v4 = libc::sockaddr_in {
                    sin_family: family(libc::AF_INET),
                    sin_port: v4.port().to_be(),
                    sin_addr: in_addr(*v4.ip()),
                    sin_zero: [0; 8],
                };
                length_of::<libc::sockaddr_in>()
            }
            SocketAddr::V6(v6) => {
                self.v6 = libc::sockaddr_in6 {
                    sin6_family: family(libc::AF_INET6),
                    sin6_port: v6.port().to_be(),
                    sin6_flowinfo: v6.flowinfo(),
                    sin6_addr: in6_addr(*v6.ip()),
                    sin6_scope_id: v6.scope_id(),
                };
                length_of::<libc::sockaddr_in6>()
            }
        }
    }

    /// What the kernel wrote, unless it is of neither family.
    pub(crate) fn read(&self) -> Option<SocketAddr> {
        // SAFETY: the family is the first field of every member, and `empty` initialised all.
        let given = unsafe { self.storage.ss_family };
        if given == family(libc::AF_INET) {
            // SAFETY: the family says which member was written; any bits are a sockaddr_in.
            let v4 = unsafe { self.v4 };
            let ip = ip_of(v4.sin_addr);
            Some(SocketAddr::V4(SocketAddrV4::new(
                ip,
                u16::from_be(v4.sin_port),
            )))
        } else if given == family(libc::AF_INET6) {
            // SAFETY: as above for sockaddr_in6.
            let v6 = unsafe { self.v6 };
            let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
            let port = u16::from_be(v6.sin6_port);
            // the flow label is no part of who the peer is
            Some(SocketAddr::V6(SocketAddrV6::new(
                ip,
                port,
                0,
                v6.sin6_scope_id,
            )))
        } else {
            None
        }
    }
}

fn family(family: libc::c_int) -> libc::sa_family_t {
    libc::sa_family_t::try_from(family).unwrap_or(0)
}

pub(crate) fn in_addr(ip: Ipv4Addr) -> libc::in_addr {
    libc::in_addr {
        s_addr: u32::from_ne_bytes(ip.octets()),
    }
}

pub(crate) fn ip_of(raw: libc::in_addr) -> Ipv4Addr {
    Ipv4Addr::from(raw.s_addr.to_ne_bytes())
}

pub(crate) fn in6_addr(ip: Ipv6Addr) -> libc::in6_addr {
    libc::in6_addr {
        s6_addr: ip.octets(),
    }
}

/// The address family of `ip`.
pub(crate) fn family_of(ip: IpAddr) -> libc::c_int {
    match ip {
        IpAddr::V4(_) => libc::AF_INET,
        IpAddr::V6(_) => libc::AF_INET6,
    }
}
