//! Datagrams in batches: epoll says once of each socket that it has some, `recvmmsg` reads many of
//! one socket, and `sendmmsg` writes what has come together for one.

use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use crate::arrived::{Arrived, Datagram, Tally};
use crate::config::Config;
use crate::config::LEAST_BUFFERS;
use crate::sockets::{SocketIndex, Sockets};
use crate::sys::Epoll;
use crate::sys::batch::Receiver;
use crate::sys::pool::Pool;
use crate::transmit::Transmit;

/// Epoll token of the bell.
const BELL: u32 = u32::MAX;

/// How far a round has come: of so many that are ready, which is the next.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    ready: usize,
    next: usize,
}

pub(crate) struct Batches {
    epoll: Epoll,
    bell: RawFd,
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
            bell,
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
        self.turn = Turn { ready, next: 0 };
    }

    pub(crate) fn next(&mut self, into: &mut Vec<Datagram>) -> Option<Arrived> {
        if self.pool.available() < self.receiver.count() {
            self.flush();
        }
        self.receiver.begin(&mut self.pool);
        while self.receiver.has_room() && self.turn.next < self.turn.ready {
            let token = self.epoll.token(self.turn.next);
            if token == Some(BELL) && self.receiver.count() > 0 {
                break;
            }
            self.turn.next += 1;
            match token {
                Some(BELL) => return Some(Arrived::Bell),
                Some(socket) => self.read(socket, into),
                None => {}
            }
        }
        (self.receiver.count() > 0).then_some(Arrived::Datagrams)
    }

    /// Reads a batch from a socket. One that may have more has another turn in the next round, so
    /// that it cannot starve the others.
    fn read(&mut self, socket: SocketIndex, into: &mut Vec<Datagram>) {
        let Some(fd) = self.sockets.fd(socket) else {
            return;
        };
        let (places, more) = self.receiver.receive(fd);
        if more {
            self.epoll.again(fd, socket);
        }
        for received in places.filter_map(|place| self.receiver.get(place)) {
            match self.sockets.arrived(socket, &received, &mut self.tally) {
                Some(datagram) => into.push(datagram),
                None => self.pool.give(received.buffer),
            }
        }
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
        // of those whose turn did not come nothing would be said again
        for at in self.turn.next..self.turn.ready {
            let Some(token) = self.epoll.token(at) else {
                break;
            };
            let fd = match token {
                BELL => Some(self.bell),
                socket => self.sockets.fd(socket),
            };
            if let Some(fd) = fd {
                self.epoll.again(fd, token);
            }
        }
        self.turn = Turn::default();
        self.receiver.reset();
        self.transmit.reset();
        self.pool.reset();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::{Ipv4Addr, UdpSocket};

    use super::*;
    use crate::sys::EventFd;
    use crate::sys::batch::BATCH;

    struct Rig {
        bell: EventFd,
        batches: Batches,
        phone: UdpSocket,
    }

    impl Rig {
        fn new() -> Rig {
            let bell = EventFd::new().unwrap();
            let config = Config {
                bind_v4: Some(Ipv4Addr::new(127, 0, 0, 58)),
                ..Config::default()
            };
            let batches = Batches::new(&config, bell.raw()).unwrap();
            let phone = UdpSocket::bind(("127.0.0.59", 0)).unwrap();
            Rig {
                bell,
                batches,
                phone,
            }
        }

        fn open(&mut self, port: u16) {
            self.batches.open(true, port).unwrap();
        }

        fn say(&self, port: u16, times: usize) {
            for _ in 0..times {
                self.phone.send_to(b"hello", ("127.0.0.58", port)).unwrap();
            }
        }

        /// Datagrams of a round to this port and to others, and whether the bell was heard.
        fn round(&mut self, port: u16) -> (usize, usize, bool) {
            let (mut ours, mut others, mut rung) = (0, 0, false);
            self.batches.wait(0);
            let mut came = Vec::new();
            while let Some(arrived) = self.batches.next(&mut came) {
                rung |= matches!(arrived, Arrived::Bell);
                for datagram in came.drain(..) {
                    let count = if datagram.port == port {
                        &mut ours
                    } else {
                        &mut others
                    };
                    *count += 1;
                    assert_eq!(&self.batches.octets(datagram.buffer)[..5], b"hello");
                    self.batches.give(datagram.buffer);
                }
            }
            (ours, others, rung)
        }
    }

    #[test]
    fn a_socket_that_has_more_than_a_batch_has_its_next_turn_behind_the_others() {
        let mut rig = Rig::new();
        rig.open(31_000);
        rig.open(31_002);
        rig.say(31_000, 2 * BATCH + 10);
        rig.say(31_002, 3);
        assert_eq!(rig.round(31_000), (BATCH, 3, false));
        assert_eq!(rig.round(31_000), (BATCH, 0, false));
        assert_eq!(rig.round(31_000), (10, 0, false));
        assert_eq!(rig.round(31_000), (0, 0, false));
    }

    #[test]
    fn a_socket_that_had_exactly_a_batch_is_heard_of_when_more_comes() {
        let mut rig = Rig::new();
        rig.open(31_010);
        rig.say(31_010, BATCH);
        assert_eq!(rig.round(31_010).0, BATCH);
        assert_eq!(rig.round(31_010).0, 0);
        rig.say(31_010, 1);
        assert_eq!(rig.round(31_010).0, 1);
    }

    #[test]
    fn more_than_there_are_buffers_comes_all_the_same() {
        let mut rig = Rig::new();
        let ports: Vec<u16> = (31_020..31_060).collect();
        for port in &ports {
            rig.open(*port);
            rig.say(*port, 40);
        }
        let mut came = 0;
        while let (ours, others, _) = rig.round(31_020)
            && ours + others > 0
        {
            came += ours + others;
        }
        assert_eq!(came, 40 * ports.len());
    }

    #[test]
    fn what_was_not_read_before_a_panic_is_read_after_it() {
        let mut rig = Rig::new();
        for port in [31_080, 31_082, 31_084] {
            rig.open(port);
        }
        rig.say(31_080, BATCH);
        rig.say(31_082, BATCH);
        rig.say(31_084, 2);
        rig.bell.signal();
        rig.batches.wait(0);
        let mut lost = Vec::new();
        assert!(rig.batches.next(&mut lost).is_some());
        assert_eq!(lost.len(), 2 * BATCH);
        rig.batches.reset();
        assert_eq!(rig.round(31_084), (2, 0, true));
    }
}
