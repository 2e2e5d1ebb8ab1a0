//! Packets that wait for the end of the round, in one chain per socket, so that a socket's
//! packets leave with one system call.

use std::net::SocketAddr;

use crate::sockets::{SocketIndex, Sockets};
use crate::sys::batch::{Outgoing, Sender};
use crate::sys::pool::Pool;

/// No next entry.
const END: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Waiting {
    outgoing: Outgoing,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
struct Chain {
    first: u32,
    last: u32,
}

const EMPTY: Chain = Chain {
    first: END,
    last: END,
};

/// What waits to be sent. It holds at most one packet per pool buffer, so its lists do not grow
/// after the first rounds.
pub(crate) struct Transmit {
    waiting: Vec<Waiting>,
    chains: Vec<Chain>,
    dirty: Vec<SocketIndex>,
    sender: Sender,
}

impl Transmit {
    pub(crate) fn new(buffers: u32) -> Transmit {
        let buffers = usize::try_from(buffers).unwrap_or(0);
        Transmit {
            waiting: Vec::with_capacity(buffers),
            chains: Vec::new(),
            dirty: Vec::with_capacity(buffers),
            sender: Sender::new(),
        }
    }

    /// Room for the chain of each socket; called when a socket was opened.
    pub(crate) fn make_room(&mut self, sockets: usize) {
        if self.chains.len() < sockets {
            self.chains.resize(sockets, EMPTY);
        }
    }

    /// Appends a packet in a pool buffer to a socket's chain.
    pub(crate) fn push(&mut self, socket: SocketIndex, buffer: u32, length: usize, to: SocketAddr) {
        let Ok(entry) = u32::try_from(self.waiting.len()) else {
            return;
        };
        let place = usize::try_from(socket)
            .ok()
            .and_then(|at| self.chains.get_mut(at));
        let Some(chain) = place else { return };
        if chain.first == END {
            self.dirty.push(socket);
            chain.first = entry;
        }
        let last = std::mem::replace(&mut chain.last, entry);
        if let Some(before) = usize::try_from(last)
            .ok()
            .and_then(|at| self.waiting.get_mut(at))
        {
            before.next = entry;
        }
        self.waiting.push(Waiting {
            outgoing: Outgoing { buffer, length, to },
            next: END,
        });
    }

    /// Sends everything and gives the buffers back; how many were sent and how many refused.
    pub(crate) fn flush(&mut self, sockets: &Sockets, pool: &mut Pool) -> (u64, u64) {
        let (mut sent, mut refused) = (0, 0);
        for at in 0..self.dirty.len() {
            let Some(socket) = self.dirty.get(at).copied() else {
                break;
            };
            let place = usize::try_from(socket)
                .ok()
                .and_then(|at| self.chains.get_mut(at));
            let Some(chain) = place else { continue };
            let mut next = std::mem::replace(chain, EMPTY).first;
            let Some(fd) = sockets.fd(socket) else {
                continue;
            };
            while let Some(waiting) = self.at(next) {
                self.sender.add(&waiting.outgoing, pool);
                next = waiting.next;
                if self.sender.is_full() || next == END {
                    let (taken, failed) = self.sender.send(fd);
                    sent += taken;
                    refused += failed;
                }
            }
        }
        self.dirty.clear();
        for waiting in self.waiting.drain(..) {
            pool.give(waiting.outgoing.buffer);
        }
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        (count(sent), count(refused))
    }

    /// Forgets everything, as after a round that was broken off.
    pub(crate) fn reset(&mut self) {
        self.waiting.clear();
        self.dirty.clear();
        self.chains.fill(EMPTY);
        self.sender = Sender::new();
    }

    fn at(&self, entry: u32) -> Option<Waiting> {
        self.waiting.get(usize::try_from(entry).ok()?).copied()
    }
}
