//! How a thread's datagrams come and go: by one of two ways of asking the kernel for it, which is
//! chosen at the start. What the worker does with them is the same.

use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use crate::arrived::{Arrived, Datagram, Tally};
use crate::batches::Batches;
use crate::config::{Config, Way};
use crate::rings::Rings;

/// A thread's sockets and buffers.
pub(crate) enum Wire {
    /// Sockets are waited for by epoll, and read and written in batches.
    Batches(Box<Batches>),
    /// Sockets are read and written by the kernel on its own, by io_uring.
    Rings(Box<Rings>),
}

/// The same of either way.
macro_rules! either {
    ($wire:expr, $way:ident => $what:expr) => {
        match $wire {
            Wire::Batches($way) => $what,
            Wire::Rings($way) => $what,
        }
    };
}

impl Wire {
    /// As the configuration says; `bell` is a descriptor that can be read once somebody rings.
    ///
    /// Errors when the kernel does not offer it.
    pub(crate) fn new(config: &Config, bell: RawFd) -> io::Result<Wire> {
        Ok(match config.way {
            Way::Epoll => Wire::Batches(Box::new(Batches::new(config, bell)?)),
            Way::IoUring => Wire::Rings(Box::new(Rings::new(config, bell)?)),
        })
    }

    /// To be called once by the thread that will call everything else.
    ///
    /// Errors when the kernel refuses.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        match self {
            Wire::Batches(_) => Ok(()),
            Wire::Rings(rings) => rings.begin(),
        }
    }

    /// To be called by the same thread when it ends: what waits is sent, and sockets are let go.
    pub(crate) fn end(&mut self) {
        match self {
            Wire::Batches(_) => {}
            Wire::Rings(rings) => rings.end(),
        }
    }

    /// Sees to it that the port has a socket ([`Sockets::open`](crate::sockets::Sockets::open)).
    pub(crate) fn open(&mut self, v4: bool, port: u16) -> io::Result<()> {
        either!(self, way => way.open(v4, port))
    }

    /// How many sockets there are.
    pub(crate) fn sockets(&self) -> usize {
        either!(self, way => way.sockets().len())
    }

    /// Sends what waits, and sleeps until something comes, at most so many milliseconds (-1 = for
    /// ever).
    pub(crate) fn wait(&mut self, timeout_ms: i32) {
        either!(self, way => way.wait(timeout_ms));
    }

    /// The next that has come in this round; datagrams are put into the list, which is empty, at
    /// most [`TOGETHER`](crate::arrived::TOGETHER).
    pub(crate) fn next(&mut self, into: &mut Vec<Datagram>) -> Option<Arrived> {
        either!(self, way => way.next(into))
    }

    /// The datagram in a buffer, and the room behind it.
    pub(crate) fn octets(&mut self, buffer: u32) -> &mut [u8] {
        either!(self, way => way.octets(buffer))
    }

    /// Gives a buffer back.
    pub(crate) fn give(&mut self, buffer: u32) {
        either!(self, way => way.give(buffer));
    }

    /// Sends a datagram from the port's socket; its buffer is given back by itself.
    pub(crate) fn send(&mut self, port: u16, buffer: u32, length: usize, to: SocketAddr) {
        either!(self, way => match way.sockets().find(to.is_ipv4(), port) {
            Some(socket) => way.push(socket, buffer, length, to),
            None => way.give(buffer),
        });
    }

    /// Sends a copy of these octets.
    pub(crate) fn send_copy(&mut self, port: u16, to: SocketAddr, octets: &[u8]) {
        let Some(buffer) = either!(self, way => way.take()) else {
            return;
        };
        match self.octets(buffer).get_mut(..octets.len()) {
            Some(room) => {
                room.copy_from_slice(octets);
                self.send(port, buffer, octets.len(), to);
            }
            None => self.give(buffer),
        }
    }

    /// The round is over: what waits is sent, now or by the next [`Wire::wait`].
    pub(crate) fn flush(&mut self) {
        either!(self, way => way.flush());
    }

    /// Takes all buffers back, as after a round that was broken off.
    pub(crate) fn reset(&mut self) {
        either!(self, way => way.reset());
    }

    /// What was done since the last call.
    pub(crate) fn tally(&mut self) -> Tally {
        std::mem::take(either!(self, way => way.tally_mut()))
    }
}
