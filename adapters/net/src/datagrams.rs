//! The UDP half: sockets, batches in, batches out.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use machine::Instant;
use sip_message::flow::Flow;

use crate::config::DatagramLimits;
use crate::figures::Figures;
use crate::handler::{Failure, Received, Transmit};
use crate::incident::Incident;
use crate::keepalive::is_idle_talk;
use crate::stun;
use crate::sys::{self, Arrived, BATCH, Datagram, Epoll, Inbound, Interest, Outbound};

/// How long to leave the kernel alone after it had no memory for a datagram.
const RETRY: Duration = Duration::from_millis(1);
/// How often a send is tried again when what failed may have been an earlier datagram's report.
const ATTEMPTS: usize = 4;
/// Reports read from an error queue per turn.
const REPORTS: usize = 64;
/// Octets kept of a datagram quoted by ICMP; RFC 1812 §4.3.2.3 has them quote less.
const QUOTE: usize = 2048;

/// One bound socket and what waits for it.
#[derive(Debug)]
pub(crate) struct DatagramSocket {
    socket: UdpSocket,
    token: u64,
    local: SocketAddr,
    /// Where peers reach it, if that is a translator's address.
    public: Option<SocketAddr>,
    pending: VecDeque<Transmit>,
    pending_octets: usize,
    dropped: u32,
    /// Waiting for the kernel to have room; the token is then armed for writing.
    blocked: bool,
    retry_at: Option<Instant>,
    dirty: bool,
}

impl DatagramSocket {
    pub(crate) fn new(
        socket: UdpSocket,
        token: u64,
        public: Option<SocketAddr>,
    ) -> io::Result<DatagramSocket> {
        let local = socket.local_addr()?;
        Ok(DatagramSocket {
            socket,
            token,
            local,
            public,
            pending: VecDeque::new(),
            pending_octets: 0,
            dropped: 0,
            blocked: false,
            retry_at: None,
            dirty: false,
        })
    }

    /// Whether the kernel may be given something.
    fn is_ready(&self) -> bool {
        !self.blocked && self.retry_at.is_none()
    }

    fn is_wildcard(&self) -> bool {
        self.local.ip().is_unspecified()
    }

    /// The flow's address of ours: a translator's, else exact where the kernel told it.
    fn local_of(&self, to: Option<SocketAddr>) -> SocketAddr {
        if let Some(public) = self.public {
            return public;
        }
        match to {
            Some(mut to) if !to.ip().is_unspecified() && !to.ip().is_multicast() => {
                to.set_port(self.local.port());
                to
            }
            Some(_) | None => self.local,
        }
    }

    /// Whether a datagram of that flow may leave by this socket.
    fn serves(&self, local: SocketAddr) -> bool {
        self.local.is_ipv4() == local.is_ipv4()
            && (local.port() == 0 || local.port() == self.local.port())
            && (self.is_wildcard() || local.ip().is_unspecified() || local.ip() == self.local.ip())
    }
}

/// All UDP sockets of a loop.
#[derive(Debug)]
pub(crate) struct Datagrams {
    sockets: Vec<DatagramSocket>,
    inbound: Inbound,
    outbound: Outbound,
    limits: DatagramLimits,
    figures: Arc<Figures>,
}

impl Datagrams {
    pub(crate) fn new(
        sockets: Vec<DatagramSocket>,
        limits: DatagramLimits,
        figures: Arc<Figures>,
    ) -> Datagrams {
        let (inbound, outbound) = (Inbound::new(), Outbound::new());
        Datagrams {
            sockets,
            inbound,
            outbound,
            limits,
            figures,
        }
    }

    /// Takes one batch from a socket; tells whether there may be more.
    /// Of whom `bars` holds true nothing is taken.
    pub(crate) fn receive(
        &mut self,
        index: usize,
        bars: impl Fn(IpAddr) -> bool,
        batch: &mut Vec<Received>,
    ) -> bool {
        let Some(socket) = self.sockets.get_mut(index) else {
            return false;
        };
        let n = match self.inbound.receive(socket.socket.as_fd()) {
            Ok(n) => n,
            // nothing there, or the report of a datagram sent earlier, which now is taken
            Err(_) => return false,
        };
        self.figures.udp_batches_in.one();
        let mut sink = Sink {
            figures: &self.figures,
            limits: self.limits,
            batch,
        };
        for arrived in self.inbound.arrived(n) {
            sink.note_drops(socket, &arrived);
            if bars(arrived.remote.ip()) {
                self.figures.udp_barred.one();
                continue;
            }
            sink.take(socket, &arrived);
        }
        n == BATCH
    }

    /// Reads what the network said of earlier datagrams.
    pub(crate) fn read_reports(&mut self, index: usize, incidents: &mut VecDeque<Incident>) {
        let Some(socket) = self.sockets.get(index) else {
            return;
        };
        let mut buffer = [0; QUOTE];
        for _ in 0..REPORTS {
            let Ok(Some(quoted)) = sys::read_error(socket.socket.as_fd(), &mut buffer) else {
                // also takes an error that has no report, which otherwise would wake us for ever
                let _ = socket.socket.take_error();
                return;
            };
            let octets = buffer.get(..quoted.length).unwrap_or(&[]);
            if quoted.unreachable {
                self.figures.udp_unreachable.one();
                let flow = Flow::udp(socket.local_of(quoted.from), quoted.remote);
                let transmit = Transmit {
                    flow,
                    bytes: Bytes::copy_from_slice(octets),
                };
                incidents.push_back(Incident::Failed(transmit, Failure::Unreachable));
            }
        }
    }

    /// Puts a datagram into its socket's queue; tells whether that made a batch to be flushed.
    pub(crate) fn queue(&mut self, transmit: Transmit, incidents: &mut VecDeque<Incident>) -> bool {
        let local = transmit.flow.local;
        let told = |s: &DatagramSocket| s.public.unwrap_or(s.local);
        let exact = self.sockets.iter().position(|s| told(s) == local);
        let serving = || self.sockets.iter().position(|s| s.serves(local));
        let index = exact.or_else(serving);
        let Some(socket) = index.and_then(|i| self.sockets.get_mut(i)) else {
            incidents.push_back(Incident::Failed(transmit, Failure::NoSocket));
            return false;
        };
        hold(socket, transmit, self.limits, &self.figures);
        socket.pending.len() >= BATCH && socket.is_ready()
    }

    /// Sends what was queued since the last flush.
    pub(crate) fn flush(
        &mut self,
        epoll: &Epoll,
        now: Instant,
        incidents: &mut VecDeque<Incident>,
    ) {
        for index in 0..self.sockets.len() {
            if self
                .sockets
                .get(index)
                .is_some_and(|s| s.dirty && s.is_ready())
            {
                self.send(index, epoll, now, incidents);
            }
        }
    }

    /// The kernel has room again.
    pub(crate) fn writable(
        &mut self,
        index: usize,
        epoll: &Epoll,
        now: Instant,
        incidents: &mut VecDeque<Incident>,
    ) {
        if let Some(socket) = self.sockets.get_mut(index)
            && socket.blocked
        {
            socket.blocked = false;
            // an error here would only leave us woken once more than needed
            let _ = epoll.change(socket.socket.as_fd(), socket.token, Interest::READ);
            self.send(index, epoll, now, incidents);
        }
    }

    /// Tries again what the kernel had no memory for.
    pub(crate) fn expire(
        &mut self,
        epoll: &Epoll,
        now: Instant,
        incidents: &mut VecDeque<Incident>,
    ) {
        for index in 0..self.sockets.len() {
            if let Some(socket) = self.sockets.get_mut(index)
                && socket.retry_at.is_some_and(|at| at <= now)
            {
                socket.retry_at = None;
                self.send(index, epoll, now, incidents);
            }
        }
    }

    /// When [`Datagrams::expire`] is next needed.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.sockets.iter().filter_map(|s| s.retry_at).min()
    }

    /// Whether anything waits for the kernel.
    pub(crate) fn is_waiting(&self) -> bool {
        self.sockets.iter().any(|s| !s.pending.is_empty())
    }

    /// Stops being woken by what arrives.
    pub(crate) fn stop_reading(&mut self, epoll: &Epoll) {
        for socket in &self.sockets {
            let interest = Interest {
                read: false,
                write: socket.blocked,
            };
            let _ = epoll.change(socket.socket.as_fd(), socket.token, interest);
        }
    }

    fn send(
        &mut self,
        index: usize,
        epoll: &Epoll,
        now: Instant,
        incidents: &mut VecDeque<Incident>,
    ) {
        let Some(socket) = self.sockets.get_mut(index) else {
            return;
        };
        socket.dirty = false;
        let mut attempts = 0;
        while !socket.pending.is_empty() {
            // a translator's address cannot be sent from: the kernel knows which one can
            let chosen = socket.is_wildcard() && socket.public.is_none();
            let datagrams = socket.pending.iter().map(|t| datagram(t, chosen));
            let error = match self.outbound.send(socket.socket.as_fd(), datagrams) {
                Ok(n) => {
                    attempts = 0;
                    sent(socket, n, &self.figures);
                    continue;
                }
                Err(error) => error,
            };
            match Verdict::of(&error) {
                Verdict::Again => {}
                Verdict::Blocked => {
                    let fd = socket.socket.as_fd();
                    match epoll.change(fd, socket.token, Interest::BOTH) {
                        Ok(()) => socket.blocked = true,
                        Err(_) => socket.retry_at = Some(now + RETRY),
                    }
                    return;
                }
                Verdict::NoMemory => {
                    socket.retry_at = Some(now + RETRY);
                    return;
                }
                Verdict::TooLong => {
                    self.figures.udp_too_long.one();
                    give_up(socket, Failure::TooLong, incidents, &self.figures);
                }
                // an ICMP report of an earlier datagram fails the next send, whomever it is for
                Verdict::Unreachable if attempts < ATTEMPTS => attempts += 1,
                Verdict::Unreachable => {
                    attempts = 0;
                    give_up(socket, Failure::Unreachable, incidents, &self.figures);
                }
            }
        }
    }
}

/// What a failed send means for the datagram at the front.
enum Verdict {
    Again,
    Blocked,
    NoMemory,
    TooLong,
    Unreachable,
}

impl Verdict {
    fn of(error: &io::Error) -> Verdict {
        match error.raw_os_error() {
            Some(libc::EINTR) => Verdict::Again,
            Some(libc::EAGAIN) => Verdict::Blocked,
            Some(libc::ENOBUFS | libc::ENOMEM) => Verdict::NoMemory,
            Some(libc::EMSGSIZE) => Verdict::TooLong,
            Some(_) | None => Verdict::Unreachable,
        }
    }
}

/// Where arrived datagrams go.
struct Sink<'a> {
    figures: &'a Figures,
    limits: DatagramLimits,
    batch: &'a mut Vec<Received>,
}

impl Sink<'_> {
    fn note_drops(&mut self, socket: &mut DatagramSocket, arrived: &Arrived<'_>) {
        if let Some(dropped) = arrived.dropped {
            let more = dropped.wrapping_sub(socket.dropped);
            // the counts of one batch may come out of order when several processors deliver
            if more < u32::MAX / 2 {
                self.figures.udp_kernel_drops.add(u64::from(more));
                socket.dropped = dropped;
            }
        }
    }

    fn take(&mut self, socket: &mut DatagramSocket, arrived: &Arrived<'_>) {
        let flow = Flow::udp(socket.local_of(arrived.to), arrived.remote);
        if is_idle_talk(arrived.octets) {
            self.figures.udp_keepalives.one();
        } else if stun::is_stun(arrived.octets) {
            match stun::answer(arrived.octets, arrived.remote) {
                Some(answer) => {
                    self.figures.stun_answered.one();
                    let transmit = Transmit {
                        flow,
                        bytes: Bytes::from(answer),
                    };
                    hold(socket, transmit, self.limits, self.figures);
                }
                None => self.figures.stun_ignored.one(),
            }
        } else {
            self.figures.udp_messages_in.one();
            self.figures.udp_octets_in.count(arrived.octets.len());
            self.batch.push(Received {
                flow,
                bytes: Bytes::copy_from_slice(arrived.octets),
            });
        }
    }
}

/// Queues a datagram, or drops it where too many wait.
fn hold(
    socket: &mut DatagramSocket,
    transmit: Transmit,
    limits: DatagramLimits,
    figures: &Figures,
) {
    let octets = socket.pending_octets + transmit.bytes.len();
    if socket.pending.len() >= limits.pending || octets > limits.pending_octets {
        figures.udp_pending_drops.one();
        return;
    }
    socket.pending_octets = octets;
    socket.pending.push_back(transmit);
    socket.dirty = true;
    figures.udp_pending_now.add(1);
}

fn sent(socket: &mut DatagramSocket, n: usize, figures: &Figures) {
    let octets: usize = socket.pending.drain(..n).map(|t| t.bytes.len()).sum();
    socket.pending_octets -= octets;
    figures.udp_batches_out.one();
    figures.udp_messages_out.count(n);
    figures.udp_octets_out.count(octets);
    figures.udp_pending_now.less(n);
}

/// Gives the datagram at the front back.
fn give_up(
    socket: &mut DatagramSocket,
    why: Failure,
    incidents: &mut VecDeque<Incident>,
    figures: &Figures,
) {
    if let Some(transmit) = socket.pending.pop_front() {
        socket.pending_octets -= transmit.bytes.len();
        figures.udp_pending_now.less(1);
        incidents.push_back(Incident::Failed(transmit, why));
    }
}

fn datagram(transmit: &Transmit, chosen: bool) -> Datagram<'_> {
    let Flow { local, remote, .. } = transmit.flow;
    let from = (chosen && !local.ip().is_unspecified()).then_some(local);
    Datagram {
        octets: &transmit.bytes,
        remote,
        from,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn socket() -> DatagramSocket {
        DatagramSocket::new(UdpSocket::bind("127.0.0.1:0").unwrap(), 0, None).unwrap()
    }

    fn transmit(octets: usize) -> Transmit {
        let remote = SocketAddr::from(([127, 0, 0, 1], 9));
        Transmit {
            flow: Flow::udp(remote, remote),
            bytes: vec![b'x'; octets].into(),
        }
    }

    #[test]
    fn as_many_datagrams_wait_as_the_limit_says_and_the_newest_beyond_is_dropped() {
        let (mut socket, figures) = (socket(), Figures::default());
        let limits = DatagramLimits {
            pending: 3,
            pending_octets: 100,
            ..DatagramLimits::default()
        };
        for octets in [1, 2, 3, 4] {
            hold(&mut socket, transmit(octets), limits, &figures);
        }
        let waiting: Vec<usize> = socket.pending.iter().map(|t| t.bytes.len()).collect();
        assert_eq!(waiting, [1, 2, 3]);
        assert_eq!(
            (
                figures.udp_pending_drops.get(),
                figures.udp_pending_now.get()
            ),
            (1, 3)
        );
    }

    #[test]
    fn as_many_octets_wait_as_the_limit_says() {
        let (mut socket, figures) = (socket(), Figures::default());
        let limits = DatagramLimits {
            pending: 100,
            pending_octets: 10,
            ..DatagramLimits::default()
        };
        for octets in [6, 5, 4, 1] {
            hold(&mut socket, transmit(octets), limits, &figures);
        }
        let waiting: Vec<usize> = socket.pending.iter().map(|t| t.bytes.len()).collect();
        assert_eq!(waiting, [6, 4]);
        sent(&mut socket, 1, &figures);
        hold(&mut socket, transmit(6), limits, &figures);
        assert_eq!(socket.pending_octets, 10);
        assert_eq!(
            (
                figures.udp_pending_drops.get(),
                figures.udp_pending_now.get()
            ),
            (2, 2)
        );
    }

    #[test]
    fn a_blocked_socket_keeps_its_datagrams_until_the_kernel_has_room() {
        let sink = UdpSocket::bind("127.0.0.1:0").unwrap();
        sink.set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let epoll = Epoll::new().unwrap();
        let mut blocked = socket();
        blocked.blocked = true;
        epoll
            .add(blocked.socket.as_fd(), 0, Interest::BOTH)
            .unwrap();
        let flow = Flow::udp(blocked.local, sink.local_addr().unwrap());
        let limits = DatagramLimits {
            pending: 9,
            pending_octets: 99,
            ..DatagramLimits::default()
        };
        let mut datagrams = Datagrams::new(vec![blocked], limits, Arc::default());
        let mut incidents = VecDeque::new();
        let bytes = Bytes::from_static(b"late");
        datagrams.queue(Transmit { flow, bytes }, &mut incidents);
        datagrams.flush(&epoll, Instant::ZERO, &mut incidents);
        assert!(datagrams.is_waiting());
        datagrams.writable(0, &epoll, Instant::ZERO, &mut incidents);
        assert!(!datagrams.is_waiting());
        let mut got = [0; 9];
        assert_eq!(sink.recv(&mut got).unwrap(), 4);
    }

    #[test]
    fn after_want_of_memory_a_datagram_is_tried_again_in_a_moment() {
        let sink = UdpSocket::bind("127.0.0.1:0").unwrap();
        sink.set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let epoll = Epoll::new().unwrap();
        let mut starved = socket();
        starved.retry_at = Some(Instant::from_millis(5));
        let flow = Flow::udp(starved.local, sink.local_addr().unwrap());
        let limits = DatagramLimits {
            pending: 9,
            pending_octets: 99,
            ..DatagramLimits::default()
        };
        let mut datagrams = Datagrams::new(vec![starved], limits, Arc::default());
        let mut incidents = VecDeque::new();
        let bytes = Bytes::from_static(b"late");
        datagrams.queue(Transmit { flow, bytes }, &mut incidents);
        datagrams.flush(&epoll, Instant::ZERO, &mut incidents);
        datagrams.expire(&epoll, Instant::from_millis(4), &mut incidents);
        assert!(datagrams.is_waiting());
        assert_eq!(datagrams.deadline(), Some(Instant::from_millis(5)));
        datagrams.expire(&epoll, Instant::from_millis(5), &mut incidents);
        assert!(!datagrams.is_waiting());
        assert_eq!(datagrams.deadline(), None);
        let mut got = [0; 9];
        assert_eq!(sink.recv(&mut got).unwrap(), 4);
    }

    #[test]
    fn every_error_of_a_send_has_its_verdict() {
        let of = |errno| Verdict::of(&io::Error::from_raw_os_error(errno));
        assert!(matches!(of(libc::EAGAIN), Verdict::Blocked));
        assert!(matches!(of(libc::EINTR), Verdict::Again));
        assert!(matches!(of(libc::ENOBUFS), Verdict::NoMemory));
        assert!(matches!(of(libc::EMSGSIZE), Verdict::TooLong));
        assert!(matches!(of(libc::ECONNREFUSED), Verdict::Unreachable));
        assert!(matches!(of(libc::EHOSTUNREACH), Verdict::Unreachable));
    }
}
