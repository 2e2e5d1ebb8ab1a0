//! Socket addresses as the kernel writes them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use libc::{sa_family_t, sockaddr, sockaddr_in, sockaddr_in6, socklen_t};

/// Room for an address of either family. `sockaddr_in6` is the larger and the stricter aligned.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) union RawAddress {
    v4: sockaddr_in,
    v6: sockaddr_in6,
}

const V4: sa_family_t = 2;
const V6: sa_family_t = 10;

impl RawAddress {
    /// Octets of the room.
    pub(crate) const ROOM: socklen_t = 28;

    pub(crate) fn empty() -> RawAddress {
        // SAFETY: all fields are plain numbers, for which all zero is valid.
        unsafe { std::mem::zeroed() }
    }

    /// The address in these octets, as the kernel has written them.
    pub(crate) fn read(octets: &[u8]) -> Option<SocketAddr> {
        let family = u16::from_ne_bytes(*octets.first_chunk()?);
        let (port, rest) = octets.get(2..)?.split_first_chunk::<2>()?;
        let port = u16::from_be_bytes(*port);
        match family {
            V4 => {
                let ip = Ipv4Addr::from(*rest.first_chunk::<4>()?);
                Some(SocketAddr::new(IpAddr::V4(ip), port))
            }
            V6 => {
                let (ip, scope) = rest.get(4..)?.split_first_chunk::<16>()?;
                let scope = u32::from_ne_bytes(*scope.first_chunk()?);
                let ip = Ipv6Addr::from(*ip);
                Some(SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope)))
            }
            _ => None,
        }
    }

    pub(crate) fn as_ptr(&self) -> *const sockaddr {
        (&raw const *self).cast()
    }

    fn family(&self) -> sa_family_t {
        // SAFETY: the family lies at the same place in both and was initialised with either.
        unsafe { self.v4.sin_family }
    }

    /// Octets of the address that is in it.
    pub(crate) fn length(&self) -> socklen_t {
        if self.family() == V4 {
            16
        } else {
            RawAddress::ROOM
        }
    }

    /// The address in it; `None` when it is of neither family.
    pub(crate) fn get(&self) -> Option<SocketAddr> {
        let octets: *const u8 = self.as_ptr().cast();
        // SAFETY: they are this value's own, all of them plain numbers that were initialised.
        RawAddress::read(unsafe { std::slice::from_raw_parts(octets, size_of::<RawAddress>()) })
    }
}

impl From<SocketAddr> for RawAddress {
    fn from(address: SocketAddr) -> RawAddress {
        let mut raw = RawAddress::empty();
        match address {
            SocketAddr::V4(v4) => {
                raw.v4 = sockaddr_in {
                    sin_family: V4,
                    sin_port: v4.port().to_be(),
                    sin_addr: libc::in_addr {
                        s_addr: u32::from_ne_bytes(v4.ip().octets()),
                    },
                    sin_zero: [0; 8],
                };
            }
            SocketAddr::V6(v6) => {
                raw.v6 = sockaddr_in6 {
                    sin6_family: V6,
                    sin6_port: v6.port().to_be(),
                    sin6_flowinfo: 0,
                    sin6_addr: libc::in6_addr {
                        s6_addr: v6.ip().octets(),
                    },
                    sin6_scope_id: v6.scope_id(),
                };
            }
        }
        raw
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_survives_the_kernels_form() {
        for text in [
            "127.0.0.1:1",
            "255.1.2.3:65535",
            "[::1]:5060",
            "[fe80::1%3]:9",
        ] {
            let address: SocketAddr = text.parse().unwrap();
            let raw = RawAddress::from(address);
            assert_eq!(raw.get(), Some(address), "{text}");
            let length = usize::try_from(raw.length()).unwrap();
            // SAFETY: so many octets of it were written.
            let octets = unsafe { std::slice::from_raw_parts(raw.as_ptr().cast::<u8>(), length) };
            assert_eq!(RawAddress::read(octets), Some(address), "{text}");
            assert_eq!(RawAddress::read(&octets[..7]), None);
        }
        assert_eq!(RawAddress::empty().get(), None);
        assert_eq!(size_of::<RawAddress>(), 28);
        assert_eq!(
            (i32::from(V4), i32::from(V6)),
            (libc::AF_INET, libc::AF_INET6)
        );
    }
}
