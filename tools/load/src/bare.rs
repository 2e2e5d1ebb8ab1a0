//! The ceiling of a relay: one thread that moves packets between sockets with nothing in between.
//!
//! Every socket has one party. What that says leaves by the socket of its other party: a wait for
//! all sockets, then for each that is ready one call to receive and one to send, from the same
//! buffers. No table is looked up, and nothing is read, counted apart or rewritten.

use crate::process::Process;
use crate::sys::{self, BATCH, Core, Epoll, Shuttle, Way};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Name of its thread.
const NAME: &str = "bare-relay";
/// Buffer of a socket, octets: as many as the exchange asks for.
const BUFFER: i32 = 512 << 10;
/// The longest sleep.
const NAP: Duration = Duration::from_millis(100);
/// Batches read from one socket before the others have their turn, as the exchange does.
const BATCHES: usize = 4;

/// A relay that runs until it is dropped.
pub(crate) struct Bare {
    addresses: Vec<SocketAddrV4>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    moved: AtomicU64,
}

impl Bare {
    /// A relay at this address between parties of which each two neighbours hear each other.
    ///
    /// # Errors
    /// Sockets or a thread could not be had.
    pub(crate) fn start(
        ip: Ipv4Addr,
        parties: &[SocketAddrV4],
        core: Option<Core>,
    ) -> io::Result<Bare> {
        let mut sockets = Vec::new();
        let mut addresses = Vec::new();
        for _ in parties {
            let socket = sys::udp(SocketAddrV4::new(ip, 0), BUFFER)?;
            addresses.push(SocketAddrV4::new(ip, socket.local_addr()?.port()));
            sockets.push(socket);
        }
        let ways = ways(&sockets, parties);
        let shared = Arc::new(Shared::default());
        let epoll = Epoll::new()?;
        for ((from, _), token) in ways.iter().zip(0..) {
            epoll.add(*from, token)?;
        }
        let theirs = Arc::clone(&shared);
        let work = move || {
            if let Some(core) = core {
                // A core that is not there costs comparability, which the printed share shows.
                let _unpinned = core.pin();
            }
            // the sockets stay open for as long as they are read
            let _sockets = sockets;
            relay(epoll, &ways, &theirs);
        };
        let thread = thread::Builder::new().name(NAME.to_owned()).spawn(work)?;
        Ok(Bare {
            addresses,
            shared,
            thread: Some(thread),
        })
    }

    /// The relay's address for each party.
    pub(crate) fn addresses(&self) -> &[SocketAddrV4] {
        &self.addresses
    }

    /// Packets moved so far.
    pub(crate) fn moved(&self) -> u64 {
        self.shared.moved.load(Ordering::Relaxed)
    }

    /// Processor time of its thread so far.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        Process(std::process::id()).cpu_of_threads(NAME)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ended = thread.join();
        }
    }
}

/// For each socket: where what it receives goes.
fn ways(sockets: &[UdpSocket], parties: &[SocketAddrV4]) -> Vec<(RawFd, Way)> {
    let pairs = sockets.chunks_exact(2).zip(parties.chunks_exact(2));
    pairs
        .flat_map(|(sockets, parties)| match (sockets, parties) {
            ([a, b], [anna, bert]) => {
                let (a, b) = (a.as_raw_fd(), b.as_raw_fd());
                vec![(a, Way::new(b, *bert)), (b, Way::new(a, *anna))]
            }
            (_, _) => Vec::new(),
        })
        .collect()
}

fn relay(mut epoll: Epoll, ways: &[(RawFd, Way)], shared: &Shared) {
    let mut shuttle = Shuttle::new();
    while !shared.stop.load(Ordering::Acquire) {
        let mut moved = 0;
        for n in 0..epoll.wait(NAP) {
            let at = epoll.token(n).and_then(|token| usize::try_from(token).ok());
            let Some((from, way)) = at.and_then(|at| ways.get(at)) else {
                continue;
            };
            for _ in 0..BATCHES {
                let (came, left) = shuttle.pass(*from, way);
                moved += left;
                if came < BATCH {
                    break;
                }
            }
        }
        let moved = u64::try_from(moved).unwrap_or(0);
        shared.moved.fetch_add(moved, Ordering::Relaxed);
    }
}
