//! Datagrams in batches: epoll says which sockets have any, `recvmmsg` reads many of one socket,
//! and `sendmmsg` writes what has come together for one.

use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use crate::arrived::{Arrived, Tally};
use crate::config::Config;
use crate::config::LEAST_BUFFERS;
use crate::sockets::{SocketIndex, Sockets};
use crate::sys::Epoll;
use crate::sys::batch::{BATCH, Receiver};
use crate::sys::pool::Pool;
use crate::transmit::Transmit;

/// Epoll token of the bell.
const BELL: u32 = u32::MAX;

/// Batches read from one socket per round; the rest waits, so that one socket cannot starve
/// others.
const BATCHES_PER_ROUND: usize = 4;

/// A socket that is being read.
#[derive(Clone, Copy, Debug)]
struct Reading {
    socket: SocketIndex,
    fd: RawFd,
    /// Batches that it may still have in this round.
    left: usize,
    /// Datagrams of the present batch, and how many of them were looked at.
    count: usize,
    seen: usize,
    /// The socket may have more than the present batch.
    more: bool,
}

/// How far a round has come.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    ready: usize,
    next: usize,
    reading: Option<Reading>,
}

pub(crate) struct Batches {
    epoll: Epoll,
    sockets: Sockets,
    pool: Pool,
    receiver: Receiver,
    transmit: Transmit,
    turn: Turn,
    tally: Tally,
}

impl Batches {
    pub(crate) fn new(config: &Config, bell: RawFd) -> io::Result<Batches> {
        let epoll = Epoll::new()?;
        epoll.add(bell, BELL)?;
        let buffers = config.packet_buffers.max(LEAST_BUFFERS);
        Ok(Batches {
            epoll,
            sockets: Sockets::new(config.into()),
            pool: Pool::new(buffers),
            receiver: Receiver::new(),
            transmit: Transmit::new(buffers),
            turn: Turn::default(),
            tally: Tally::default(),
        })
    }

    pub(crate) fn sockets(&self) -> &Sockets {
        &self.sockets
    }

    pub(crate) fn sockets_mut(&mut self) -> &mut Sockets {
        &mut self.sockets
    }

    pub(crate) fn tally_mut(&mut self) -> &mut Tally {
        &mut self.tally
    }

    pub(crate) fn open(&mut self, v4: bool, port: u16) -> io::Result<()> {
        if let Some((socket, fd)) = self.sockets.open(v4, port)? {
            self.epoll.add(fd, socket)?;
            self.transmit.make_room(self.sockets.len());
        }
        Ok(())
    }

    pub(crate) fn wait(&mut self, timeout_ms: i32) {
        let ready = self.epoll.wait(timeout_ms);
        self.turn = Turn {
            ready,
            ..Turn::default()
        };
    }

    pub(crate) fn next(&mut self) -> Option<Arrived> {
        loop {
            if let Some(reading) = self.turn.reading {
                match self.read_on(reading) {
                    Some(arrived) => return Some(arrived),
                    None => self.turn.reading = None,
                }
            }
            if self.turn.next >= self.turn.ready {
                return None;
            }
            let token = self.epoll.token(self.turn.next);
            self.turn.next += 1;
            match token {
                Some(BELL) => return Some(Arrived::Bell),
                Some(socket) => self.turn.reading = self.begin(socket),
                None => {}
            }
        }
    }

    fn begin(&self, socket: SocketIndex) -> Option<Reading> {
        Some(Reading {
            socket,
            fd: self.sockets.fd(socket)?,
            left: BATCHES_PER_ROUND,
            count: 0,
            seen: 0,
            more: true,
        })
    }

    /// The next datagram of the present batch, or the next batch; `None` when the socket is empty
    /// or had its turn.
    fn read_on(&mut self, mut reading: Reading) -> Option<Arrived> {
        while reading.seen < reading.count {
            let got = self.receiver.get(reading.seen);
            reading.seen += 1;
            self.turn.reading = Some(reading);
            if let Some(received) = got {
                return Some(Arrived::Datagram(reading.socket, received));
            }
        }
        self.receiver.done();
        if !reading.more || reading.left == 0 {
            return None;
        }
        if self.pool.available() < BATCH {
            self.flush();
        }
        reading.left -= 1;
        reading.count = self.receiver.receive(reading.fd, &mut self.pool);
        reading.seen = 0;
        reading.more = reading.count == BATCH;
        self.tally.received += u64::try_from(reading.count).unwrap_or(0);
        self.turn.reading = Some(reading);
        (reading.count > 0).then_some(Arrived::Batch)
    }

    pub(crate) fn octets(&mut self, buffer: u32) -> &mut [u8] {
        self.pool.get_mut(buffer)
    }

    pub(crate) fn take(&mut self) -> Option<u32> {
        if self.pool.available() == 0 {
            self.flush();
        }
        self.pool.take()
    }

    pub(crate) fn give(&mut self, buffer: u32) {
        self.pool.give(buffer);
    }

    pub(crate) fn push(&mut self, socket: SocketIndex, buffer: u32, length: usize, to: SocketAddr) {
        self.transmit.push(socket, buffer, length, to);
    }

    pub(crate) fn flush(&mut self) {
        let (sent, refused) = self.transmit.flush(&self.sockets, &mut self.pool);
        self.tally.sent += sent;
        self.tally.refused += refused;
    }

    pub(crate) fn reset(&mut self) {
        self.turn = Turn::default();
        self.receiver.reset();
        self.transmit.reset();
        self.pool.reset();
    }
}
