//! A thread's sockets: opened when first needed, found by local port, kept.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::arrived::{Datagram, Tally};
use crate::config::Config;
use crate::sys;
use crate::sys::received::Received;

#[derive(Debug)]
struct Socket {
    fd: OwnedFd,
    port: u16,
    /// The kernel's drop counter as last seen.
    drops: u32,
}

/// How sockets are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Making {
    pub(crate) v4: Option<Ipv4Addr>,
    pub(crate) v6: Option<Ipv6Addr>,
    pub(crate) most: usize,
    pub(crate) buffer: usize,
    pub(crate) dscp: u8,
}

impl From<&Config> for Making {
    fn from(config: &Config) -> Making {
        Making {
            v4: config.bind_v4,
            v6: config.bind_v6,
            most: config.sockets_per_worker,
            buffer: config.receive_buffer,
            dscp: config.dscp,
        }
    }
}

/// Place of a socket in the list; by it the kernel says which socket it speaks of.
pub(crate) type SocketIndex = u32;

/// No socket for this port.
const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct Sockets {
    making: Making,
    list: Vec<Socket>,
    /// By port, for each family; empty while the family has no socket.
    v4: Vec<u32>,
    v6: Vec<u32>,
}

impl Sockets {
    pub(crate) fn new(making: Making) -> Sockets {
        Sockets {
            making,
            list: Vec::new(),
            v4: Vec::new(),
            v6: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The socket of a port for peers of this family, if it was opened.
    pub(crate) fn find(&self, v4: bool, port: u16) -> Option<SocketIndex> {
        let ports = if v4 { &self.v4 } else { &self.v6 };
        ports
            .get(usize::from(port))
            .copied()
            .filter(|index| *index != NONE)
    }

    /// Sees to it that the port has a socket; what was opened, if none was there. Errors when the
    /// kernel refuses (in use, too many files), the family has no address, or there are as many as
    /// there may be.
    pub(crate) fn open(&mut self, v4: bool, port: u16) -> io::Result<Option<(SocketIndex, RawFd)>> {
        if self.find(v4, port).is_some() {
            return Ok(None);
        }
        let ip = match v4 {
            true => self.making.v4.map(IpAddr::V4),
            false => self.making.v6.map(IpAddr::V6),
        };
        let ip = ip.ok_or(io::ErrorKind::AddrNotAvailable)?;
        if self.list.len() >= self.making.most {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let index = u32::try_from(self.list.len()).map_err(|_| io::ErrorKind::QuotaExceeded)?;
        let local = SocketAddr::new(ip, port);
        let fd = sys::udp_socket(local, self.making.buffer, self.making.dscp)?;
        let raw = fd.as_raw_fd();
        self.list.push(Socket { fd, port, drops: 0 });
        let ports = if v4 { &mut self.v4 } else { &mut self.v6 };
        if ports.is_empty() {
            ports.resize(65_536, NONE);
        }
        if let Some(place) = ports.get_mut(usize::from(port)) {
            *place = index;
        }
        Ok(Some((index, raw)))
    }

    pub(crate) fn fd(&self, index: SocketIndex) -> Option<RawFd> {
        self.get(index).map(|socket| socket.fd.as_raw_fd())
    }

    /// What has come to a socket. `None` when nobody could answer it: it was longer than its
    /// buffer, or has no address that we know.
    pub(crate) fn arrived(
        &mut self,
        index: SocketIndex,
        received: &Received,
        tally: &mut Tally,
    ) -> Option<Datagram> {
        tally.received += 1;
        let socket = self.list.get_mut(usize::try_from(index).ok()?)?;
        if let Some(counter) = received.drops {
            tally.dropped += u64::from(counter.wrapping_sub(socket.drops));
            socket.drops = counter;
        }
        Some(Datagram {
            port: socket.port,
            from: received.from?,
            buffer: received.buffer,
            length: received.length,
        })
    }

    fn get(&self, index: SocketIndex) -> Option<&Socket> {
        self.list.get(usize::try_from(index).ok()?)
    }
}
