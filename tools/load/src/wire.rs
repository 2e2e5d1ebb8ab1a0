//! The driver's sockets and its loop: begin what is due, read, answer, send, wait a little.

use crate::clock::Clock;
use crate::sys::{self, BATCH, Epoll, Inbox, Mailer, Outbox};
use machine::Instant;
use std::io;
use std::net::{SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Octets of the buffers of a signalling socket: what a burst may leave waiting.
const BUFFER: i32 = 16 << 20;
/// Batches read from one socket before the others have their turn.
const BATCHES: usize = 8;
/// The longest sleep: how exactly work is begun.
const NAP: Duration = Duration::from_millis(1);
/// Tokens from here on are for those who add sockets of their own.
pub(crate) const FOREIGN: u64 = 16;

/// Signalling sockets, and everything that is waited for.
pub(crate) struct Wire {
    sockets: Vec<(UdpSocket, Outbox)>,
    mailer: Mailer,
    /// Lent to whoever reads.
    inbox: Option<Inbox>,
    /// What the loop waits for; others may add sockets with tokens from [`FOREIGN`] on.
    pub(crate) epoll: Epoll,
}

/// By which socket a message came, and from whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) socket: usize,
    pub(crate) from: SocketAddrV4,
}

/// What a loop drives.
pub(crate) trait Work {
    /// Begins what is due, repeats what was not answered.
    fn turn(&mut self, now: Instant, wire: &mut Wire);
    /// A message came by a socket of the wire.
    fn message(&mut self, way: Way, octets: &[u8], now: Instant, wire: &mut Wire);
    /// Something can be read by a socket that the work added itself.
    fn ready(&mut self, _token: u64, _now: Instant) {}
    /// Whether nothing is left to do.
    fn is_over(&self) -> bool;
}

impl Wire {
    /// Binds one socket per address.
    ///
    /// # Errors
    /// An address is in use or not of this machine.
    pub(crate) fn bind(locals: &[SocketAddrV4]) -> io::Result<Wire> {
        let epoll = Epoll::new()?;
        let mut sockets = Vec::new();
        for (token, local) in (0..FOREIGN).zip(locals) {
            let socket = sys::udp(*local, BUFFER)?;
            epoll.add(socket.as_raw_fd(), token)?;
            sockets.push((socket, Outbox::default()));
        }
        Ok(Wire {
            sockets,
            mailer: Mailer::new(),
            inbox: Some(Inbox::new()),
            epoll,
        })
    }

    /// Queues a message; it is sent at the end of the turn.
    pub(crate) fn send(&mut self, socket: usize, to: SocketAddrV4, octets: &[u8]) {
        if let Some((_, outbox)) = self.sockets.get_mut(socket) {
            outbox.push(to, octets);
        }
    }

    fn flush(&mut self) {
        for (socket, outbox) in &mut self.sockets {
            // What the kernel refuses is as lost as on any wire, and is said again.
            let _refused = self.mailer.send(outbox, socket.as_raw_fd());
        }
    }

    fn read(&mut self, socket: usize, work: &mut impl Work, now: Instant) {
        let Some(fd) = self.sockets.get(socket).map(|(s, _)| s.as_raw_fd()) else {
            return;
        };
        let Some(mut inbox) = self.inbox.take() else {
            return;
        };
        for _ in 0..BATCHES {
            let count = inbox.receive(fd);
            for n in 0..count {
                if let Some((from, octets)) = inbox.get(n) {
                    work.message(Way { socket, from }, octets, now, self);
                }
            }
            self.flush();
            if count < BATCH {
                break;
            }
        }
        self.inbox = Some(inbox);
    }
}

/// Drives the work until it is over or `limit` has passed.
pub(crate) fn drive(work: &mut impl Work, wire: &mut Wire, clock: Clock, limit: Duration) {
    let end = clock.now() + limit;
    loop {
        let now = clock.now();
        work.turn(now, wire);
        wire.flush();
        if work.is_over() || now >= end {
            return;
        }
        let mut nap = NAP;
        loop {
            let ready = wire.epoll.wait(nap);
            let now = clock.now();
            for n in 0..ready {
                match wire.epoll.token(n) {
                    Some(token) if token < FOREIGN => {
                        let socket = usize::try_from(token).unwrap_or(usize::MAX);
                        wire.read(socket, work, now);
                    }
                    Some(token) => work.ready(token, clock.now()),
                    None => {}
                }
            }
            nap = Duration::ZERO;
            if !wire.epoll.was_full() || work_waits(now, clock) {
                break;
            }
        }
    }
}

/// Whether reading has kept the loop from beginning work for longer than a nap.
fn work_waits(since: Instant, clock: Clock) -> bool {
    clock.now().saturating_since(since) >= NAP
}
