//! What the kernel allows: packets moved between sockets by a loop that thinks of nothing.
//!
//! The same parties talk as in calls, and each packet takes the same way, out of one socket of
//! the relay and into another party's. Only the exchange's thoughts are missing: who sent it is
//! looked up in one table, and nothing is checked, counted or rewritten.

use crate::clock::Clock;
use crate::description::Ports;
use crate::sys::{self, BATCH, Core, Epoll, Inbox, Mailer, Outbox, processor_time};
use crate::voices::{Heard, VoiceId, Voices};
use crate::wire::{Way, Wire, Work, drive};
use machine::Instant;
use serde::Serialize;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// The first port of the relay.
const FIRST_PORT: u16 = 40_000;
/// Buffer of a relay's socket, octets.
const BUFFER: i32 = 1 << 20;

/// What is moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moving {
    /// Pairs of parties.
    pub(crate) pairs: u16,
    /// Sockets of the relay; parties share them.
    pub(crate) sockets: u16,
    /// For how long.
    pub(crate) length: Duration,
    /// The relay's address.
    pub(crate) relay: Ipv4Addr,
    /// The parties' address.
    pub(crate) parties: Ipv4Addr,
    /// Where the relay runs.
    pub(crate) core: Option<Core>,
}

/// What was moved.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Moved {
    pub(crate) pairs: u16,
    pub(crate) sockets: u16,
    pub(crate) packets: u64,
    /// Share of a core the relay used.
    pub(crate) cores: f64,
    /// Packets per second of the relay's processor time.
    pub(crate) per_core_second: f64,
    pub(crate) heard: Heard,
}

/// Where a packet goes: out of which socket, and to whom.
type Route = Option<(usize, SocketAddrV4)>;

struct Talk {
    voices: Voices,
    until: Option<Instant>,
    length: Duration,
    over: bool,
}

impl Work for Talk {
    fn turn(&mut self, now: Instant, _wire: &mut Wire) {
        let until = *self.until.get_or_insert(now + self.length);
        // the last packets have a moment to arrive
        self.over = now >= until + Duration::from_millis(200);
        if now < until {
            self.voices.turn(now);
        }
    }

    fn message(&mut self, _: Way, _: &[u8], _: Instant, _: &mut Wire) {}

    fn ready(&mut self, token: u64, now: Instant) {
        self.voices.ready(token, now);
    }

    fn is_over(&self) -> bool {
        self.over
    }
}

/// Lets the parties talk through the bare relay.
///
/// # Errors
/// Sockets or a thread could not be had.
pub(crate) fn run(moving: Moving) -> io::Result<Moved> {
    let wire = &mut Wire::bind(&[])?;
    let clock = Clock::start();
    let mut talk = Talk {
        voices: Voices::new(moving.parties),
        until: None,
        length: moving.length,
        over: false,
    };
    let sockets = relay_sockets(&moving)?;
    let routes = join(&mut talk.voices, &moving, wire, clock.now());
    let stop = &AtomicBool::new(false);
    let (packets, used) = thread::scope(|scope| {
        let core = moving.core;
        let relay = scope.spawn(move || relay(&sockets, &routes, core, stop));
        drive(
            &mut talk,
            wire,
            clock,
            moving.length + Duration::from_secs(5),
        );
        stop.store(true, Ordering::Release);
        relay
            .join()
            .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
    })?;
    let moved = f64::from(u32::try_from(packets).unwrap_or(u32::MAX));
    let used = used.as_secs_f64().max(0.001);
    Ok(Moved {
        pairs: moving.pairs,
        sockets: moving.sockets,
        packets,
        cores: used / moving.length.as_secs_f64().max(0.001),
        per_core_second: moved / used,
        heard: talk.voices.heard(),
    })
}

fn relay_sockets(moving: &Moving) -> io::Result<Vec<UdpSocket>> {
    let ports = FIRST_PORT..FIRST_PORT.saturating_add(moving.sockets.max(1));
    ports
        .map(|port| sys::udp(SocketAddrV4::new(moving.relay, port), BUFFER))
        .collect()
}

/// Opens the parties and tells where the packets of each source port go.
fn join(voices: &mut Voices, moving: &Moving, wire: &Wire, now: Instant) -> Vec<Route> {
    let mut ports = Ports::new();
    let mut routes: Vec<Route> = vec![None; 65_536];
    let parties: Vec<VoiceId> = (0..moving.pairs.saturating_mul(2))
        .filter_map(|_| voices.open(&mut ports, wire))
        .collect();
    // each party sends to a socket of its own turn, and hears from it
    let socket = |n: usize| n % usize::from(moving.sockets.max(1));
    for (pair, two) in parties.chunks_exact(2).enumerate() {
        for (me, other) in [(0, 1), (1, 0)] {
            let (Some(from), Some(to)) = (two.get(me), two.get(other)) else {
                continue;
            };
            let to = SocketAddrV4::new(moving.parties, voices.port(*to));
            let out = socket(pair * 2 + other);
            if let Some(route) = routes.get_mut(usize::from(voices.port(*from))) {
                *route = Some((out, to));
            }
            let own = u16::try_from(socket(pair * 2 + me)).unwrap_or(0);
            let relay = SocketAddrV4::new(moving.relay, FIRST_PORT + own);
            voices.talk(Some(*from), Some(&relay.into()), now);
        }
    }
    routes
}

/// The relay; how many packets it moved and what that took.
fn relay(
    sockets: &[UdpSocket],
    routes: &[Route],
    core: Option<Core>,
    stop: &AtomicBool,
) -> io::Result<(u64, Duration)> {
    if let Some(core) = core {
        // A core that is not there costs comparability, which the printed share shows.
        let _unpinned = core.pin();
    }
    let mut epoll = Epoll::new()?;
    for (socket, token) in sockets.iter().zip(0..) {
        epoll.add(socket.as_raw_fd(), token)?;
    }
    let mut inbox = Inbox::new();
    let mut sending = Sending {
        mailer: Mailer::new(),
        outboxes: sockets.iter().map(|_| Outbox::default()).collect(),
        filled: Vec::new(),
    };
    let (begin, mut moved) = (processor_time(), 0);
    while !stop.load(Ordering::Acquire) {
        let ready = epoll.wait(Duration::from_millis(20));
        for n in 0..ready {
            let at = epoll.token(n).and_then(|token| usize::try_from(token).ok());
            let Some(socket) = at.and_then(|at| sockets.get(at)) else {
                continue;
            };
            let count = inbox.receive(socket.as_raw_fd());
            for n in 0..count.min(BATCH) {
                moved += u64::from(sending.pass_on(&inbox, n, routes));
            }
        }
        sending.send(sockets);
    }
    Ok((moved, processor_time().saturating_sub(begin)))
}

/// What waits for the end of the round, by the socket it leaves from.
struct Sending {
    mailer: Mailer,
    outboxes: Vec<Outbox>,
    filled: Vec<usize>,
}

impl Sending {
    fn pass_on(&mut self, inbox: &Inbox, n: usize, routes: &[Route]) -> bool {
        let Some((from, octets)) = inbox.get(n) else {
            return false;
        };
        let route = routes.get(usize::from(from.port())).copied().flatten();
        let Some((out, to)) = route else { return false };
        let Some(outbox) = self.outboxes.get_mut(out) else {
            return false;
        };
        if outbox.is_empty() {
            self.filled.push(out);
        }
        outbox.push(to, octets);
        true
    }

    fn send(&mut self, sockets: &[UdpSocket]) {
        for at in self.filled.drain(..) {
            if let (Some(outbox), Some(socket)) = (self.outboxes.get_mut(at), sockets.get(at)) {
                // What the kernel refuses is missing among what the parties hear.
                let _refused = self.mailer.send(outbox, socket.as_raw_fd());
            }
        }
    }
}
