//! Datagrams by `io_uring`: each socket is read on its own, and what is to be sent leaves with the
//! call that waits for more.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;
use std::time::Duration;

use crate::arrived::{Arrived, Datagram, TOGETHER, Tally};
use crate::config::Config;
use crate::config::LEAST_BUFFERS;
use crate::sockets::{SocketIndex, Sockets};
use crate::sys::ring::{Answer, Ring};

pub(crate) struct Rings {
    ring: Ring,
    sockets: Sockets,
    bell: RawFd,
    /// Somebody rang behind the datagrams that came.
    rung: bool,
    /// Answers that came while a buffer was waited for; no more than there are buffers and sockets.
    later: VecDeque<Answer>,
    tally: Tally,
}

impl Rings {
    pub(crate) fn new(config: &Config, bell: RawFd) -> io::Result<Rings> {
        Ok(Rings {
            ring: Ring::new(config.packet_buffers.max(LEAST_BUFFERS))?,
            sockets: Sockets::new(config.into()),
            bell,
            rung: false,
            later: VecDeque::new(),
            tally: Tally::default(),
        })
    }

    pub(crate) fn begin(&mut self) -> io::Result<()> {
        self.ring.begin()?;
        self.ring.watch(self.bell);
        Ok(())
    }

    pub(crate) fn end(&mut self) {
        self.ring.end();
    }

    pub(crate) fn sockets(&self) -> &Sockets {
        &self.sockets
    }

    pub(crate) fn tally_mut(&mut self) -> &mut Tally {
        &mut self.tally
    }

    pub(crate) fn open(&mut self, v4: bool, port: u16) -> io::Result<()> {
        if let Some((socket, fd)) = self.sockets.open(v4, port)? {
            self.ring.receive(socket, fd);
        }
        Ok(())
    }

    pub(crate) fn wait(&mut self, timeout_ms: i32) {
        let timeout = u64::try_from(timeout_ms).ok().map(Duration::from_millis);
        self.ring.wait(timeout);
    }

    pub(crate) fn next(&mut self, into: &mut Vec<Datagram>) -> Option<Arrived> {
        while !self.rung && into.len() < TOGETHER {
            let Some(answer) = self.later.pop_front().or_else(|| self.ring.next()) else {
                break;
            };
            match self.counted(answer) {
                Some(Answer::Bell) => {
                    // The worker reads it before the kernel sees this order.
                    self.ring.watch(self.bell);
                    self.rung = true;
                }
                Some(Answer::Received {
                    socket,
                    received,
                    ended,
                }) => {
                    if ended {
                        self.read_on(socket);
                    }
                    match self.sockets.arrived(socket, &received, &mut self.tally) {
                        Some(datagram) => into.push(datagram),
                        None => self.ring.give(received.buffer),
                    }
                }
                Some(Answer::Ended(socket)) => self.read_on(socket),
                Some(Answer::Sent { .. }) | None => {}
            }
        }
        if !into.is_empty() {
            return Some(Arrived::Datagrams);
        }
        std::mem::take(&mut self.rung).then_some(Arrived::Bell)
    }

    fn read_on(&mut self, socket: SocketIndex) {
        if let Some(fd) = self.sockets.fd(socket) {
            self.ring.receive(socket, fd);
        }
    }

    /// Counts what has left; any other answer is still to be looked at.
    fn counted(&mut self, answer: Answer) -> Option<Answer> {
        match answer {
            Answer::Sent { taken: true } => self.tally.sent += 1,
            Answer::Sent { taken: false } => self.tally.refused += 1,
            Answer::Bell | Answer::Received { .. } | Answer::Ended(_) => return Some(answer),
        }
        None
    }

    pub(crate) fn octets(&mut self, buffer: u32) -> &mut [u8] {
        self.ring.octets(buffer)
    }

    /// A buffer for a datagram that is made here. Where all are on their way, the kernel is given
    /// what waits, and one comes back.
    pub(crate) fn take(&mut self) -> Option<u32> {
        if let Some(buffer) = self.ring.take() {
            return Some(buffer);
        }
        self.ring.drain();
        while let Some(answer) = self.ring.next() {
            let left = self.counted(answer);
            self.later.extend(left);
        }
        self.ring.take()
    }

    pub(crate) fn give(&mut self, buffer: u32) {
        self.ring.give(buffer);
    }

    pub(crate) fn push(&mut self, socket: SocketIndex, buffer: u32, length: usize, to: SocketAddr) {
        match self.sockets.fd(socket) {
            Some(fd) => self.ring.send(fd, buffer, length, to),
            None => self.ring.give(buffer),
        }
    }

    /// What waits leaves with the next call that waits.
    pub(crate) fn flush(&mut self) {}

    pub(crate) fn reset(&mut self) {
        self.ring.reset();
    }
}
