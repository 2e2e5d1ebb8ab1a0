//! One TCP connection: what it has read, what it still has to write, and until when.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};

use bytes::Bytes;
use machine::Instant;
use sip_message::flow::Flow;
use sip_message::{Frame, Framer, Problem};

use crate::config::Limits;
use crate::handler::{CloseReason, Failure, Transmit};
use crate::keepalive::PONG;
use crate::sys::Interest;

/// Most pieces given to the kernel by one write.
const PIECES: usize = 64;
/// Octets kept of a message that is not whole, so that it can be answered should it be refused;
/// enough for what a response repeats.
const HEAD: usize = 8 << 10;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Being opened by us.
    Connecting,
    /// Open both ways.
    Open,
    /// Reads no more, while the handler is being asked for its last words.
    Answering { by: Instant, why: CloseReason },
    /// Writes its last words until `by`.
    Closing { by: Instant, why: CloseReason },
    /// Has said its last words to a peer that may still be talking; what comes is thrown away, as
    /// closing now would reset the connection and could destroy them on their way.
    Lingering { by: Instant, why: CloseReason },
}

impl Phase {
    /// What the connection is being closed for.
    pub(crate) fn ended_for(self) -> Option<CloseReason> {
        match self {
            Phase::Connecting | Phase::Open => None,
            Phase::Answering { why, .. }
            | Phase::Closing { why, .. }
            | Phase::Lingering { why, .. } => Some(why),
        }
    }
}

/// Whose share of the accepted connections one counts to: an IPv4 address or an IPv6 /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Source(IpAddr);

impl Source {
    pub(crate) fn of(remote: SocketAddr) -> Source {
        match remote.ip() {
            IpAddr::V4(ip) => Source(IpAddr::V4(ip)),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Source(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

/// Something waiting to be written.
#[derive(Debug)]
enum Waiting {
    Message(Transmit),
    Pong(Bytes),
}

impl Waiting {
    fn octets(&self) -> &[u8] {
        match self {
            Waiting::Message(transmit) => &transmit.bytes,
            Waiting::Pong(octets) => octets,
        }
    }
}

/// What one read brought.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) octets: usize,
    pub(crate) messages: usize,
    pub(crate) pings: usize,
    pub(crate) end: Ending,
}

/// How one read ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The stream goes on.
    None,
    /// The peer says no more.
    Peer,
    /// The stream is broken.
    Reset,
    /// It cannot be cut into messages any further.
    Malformed(Problem),
}

/// What one write did.
#[derive(Debug, Default)]
pub(crate) struct Writing {
    pub(crate) octets: usize,
    pub(crate) messages: usize,
    pub(crate) broken: bool,
}

#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    pub(crate) flow: Flow,
    pub(crate) phase: Phase,
    /// The share it counts to; none for those we opened.
    pub(crate) source: Option<Source>,
    /// What the poll was last asked for.
    pub(crate) armed: Interest,
    /// When the timer list will look at it.
    pub(crate) due: Instant,
    /// Whether it has something new to write.
    pub(crate) dirty: bool,
    framer: Framer,
    /// The beginning of the message that is not whole.
    head: Vec<u8>,
    /// Whether one CRLF came of the two that make a keep-alive.
    half_ping: bool,
    waiting: VecDeque<Waiting>,
    waiting_octets: usize,
    /// Octets of the first waiting piece already written.
    written: usize,
    /// When anything last went either way.
    active: Instant,
    /// Since when a message is incomplete, or the first one awaited.
    partial: Option<Instant>,
    /// Since when the peer has taken nothing of what waits.
    stalled: Option<Instant>,
}

impl Connection {
    pub(crate) fn new(
        stream: TcpStream,
        flow: Flow,
        source: Option<Source>,
        limits: &Limits,
        now: Instant,
    ) -> Connection {
        let accepted = source.is_some();
        Connection {
            stream,
            flow,
            phase: if accepted {
                Phase::Open
            } else {
                Phase::Connecting
            },
            source,
            armed: if accepted {
                Interest::READ
            } else {
                Interest::WRITE
            },
            due: now,
            dirty: false,
            framer: Framer::new(limits.message),
            head: Vec::new(),
            half_ping: false,
            waiting: VecDeque::new(),
            waiting_octets: 0,
            written: 0,
            active: now,
            partial: accepted.then_some(now),
            stalled: None,
        }
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether the connection being opened is open now, and why not.
    pub(crate) fn opened(&mut self, now: Instant) -> Result<(), Failure> {
        match self.stream.take_error() {
            Ok(None) => {
                self.phase = Phase::Open;
                self.active = now;
                Ok(())
            }
            Ok(Some(error)) | Err(error) => Err(failure_of(&error)),
        }
    }

    /// Reads once, at most `scratch.len()` octets, and hands each whole message on.
    pub(crate) fn read(
        &mut self,
        scratch: &mut [u8],
        now: Instant,
        mut message: impl FnMut(Flow, Bytes),
    ) -> Reading {
        let mut reading = Reading {
            octets: 0,
            messages: 0,
            pings: 0,
            end: Ending::None,
        };
        let n = match self.stream.read(scratch) {
            Ok(0) => {
                reading.end = Ending::Peer;
                return reading;
            }
            Ok(n) => n,
            Err(error) => {
                if !is_passing(&error) {
                    reading.end = Ending::Reset;
                }
                return reading;
            }
        };
        reading.octets = n;
        self.active = now;
        let frames = self.cut(scratch.get(..n).unwrap_or(&[]), &mut reading, &mut message);
        if self.framer.buffered() == 0 {
            if frames > 0 {
                self.partial = None;
            }
        } else if frames > 0 || self.partial.is_none() {
            self.partial = Some(now);
        }
        reading
    }

    /// Cuts what was read into frames; tells how many came to their end.
    fn cut(
        &mut self,
        chunk: &[u8],
        reading: &mut Reading,
        message: &mut impl FnMut(Flow, Bytes),
    ) -> usize {
        let before = self.framer.buffered();
        self.framer.push(chunk);
        let (mut frames, mut used) = (0usize, 0usize);
        while let Some(frame) = self.framer.next() {
            frames += 1;
            match frame {
                Ok(Frame::Message(bytes)) => {
                    used += bytes.len();
                    reading.messages += 1;
                    self.half_ping = false;
                    message(self.flow, bytes);
                }
                Ok(Frame::Ping) => {
                    used += 2 * PONG.len();
                    reading.pings += 1;
                    self.half_ping = false;
                }
                // we ask nobody, so this is no answer but half a question that came in two parts
                Ok(Frame::Pong) => {
                    used += PONG.len();
                    reading.pings += usize::from(self.half_ping);
                    self.half_ping = !self.half_ping;
                }
                Err(problem) => {
                    reading.end = Ending::Malformed(problem);
                    break;
                }
            }
        }
        self.keep_head(chunk, used.checked_sub(before));
        frames
    }

    /// Keeps the beginning of the message that is not whole: it began at `began` of `chunk`, or in
    /// an earlier one.
    fn keep_head(&mut self, chunk: &[u8], began: Option<usize>) {
        let part = match began {
            Some(at) if at > 0 || self.head.is_empty() => {
                self.head.clear();
                chunk.get(at..).unwrap_or(&[])
            }
            Some(_) | None => chunk,
        };
        let room = HEAD.saturating_sub(self.head.len());
        self.head
            .extend_from_slice(part.get(..room.min(part.len())).unwrap_or(&[]));
        if self.head.is_empty() {
            // a silent connection keeps no memory
            self.head = Vec::new();
        }
    }

    /// What is held of a message that is no message, at most [`HEAD`] octets.
    pub(crate) fn head(&self) -> Bytes {
        Bytes::copy_from_slice(&self.head)
    }

    /// Reads what a peer still says after the end and throws it away; tells whether it is done.
    pub(crate) fn discard(&mut self, scratch: &mut [u8]) -> bool {
        match self.stream.read(scratch) {
            Ok(n) => n == 0,
            Err(error) => !is_passing(&error),
        }
    }

    /// Puts a message into the queue, or gives it back where too much waits.
    pub(crate) fn queue(&mut self, transmit: Transmit, limits: &Limits) -> Result<(), Transmit> {
        let octets = self.waiting_octets + transmit.bytes.len();
        if self.waiting.len() >= limits.write_messages || octets > limits.write_octets {
            return Err(transmit);
        }
        self.waiting_octets = octets;
        self.waiting.push_back(Waiting::Message(transmit));
        Ok(())
    }

    /// Answers `pings` keep-alives; a peer that takes no answers gets none.
    pub(crate) fn pong(&mut self, pings: usize, limits: &Limits) {
        let octets = self.waiting_octets + pings * PONG.len();
        if self.waiting.len() < limits.write_messages && octets <= limits.write_octets {
            self.waiting_octets = octets;
            let octets = if pings == 1 {
                Bytes::from_static(PONG)
            } else {
                PONG.repeat(pings).into()
            };
            self.waiting.push_back(Waiting::Pong(octets));
        }
    }

    /// Writes until nothing waits or the kernel takes no more.
    pub(crate) fn write(&mut self, now: Instant) -> Writing {
        let mut done = Writing::default();
        while !self.waiting.is_empty() {
            let mut pieces = [IoSlice::new(&[]); PIECES];
            let mut used = 0;
            for (piece, waiting) in pieces.iter_mut().zip(&self.waiting) {
                let skip = if used == 0 { self.written } else { 0 };
                *piece = IoSlice::new(waiting.octets().get(skip..).unwrap_or(&[]));
                used += 1;
            }
            match self
                .stream
                .write_vectored(pieces.get(..used).unwrap_or(&[]))
            {
                Ok(n) => {
                    done.octets += n;
                    done.messages += self.wrote(n);
                    self.active = now;
                    self.stalled = None;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stalled = self.stalled.or(Some(now));
                    return done;
                }
                Err(error) if is_passing(&error) => {}
                Err(_) => {
                    done.broken = true;
                    return done;
                }
            }
        }
        self.stalled = None;
        done
    }

    /// Takes `n` written octets off the queue; tells how many messages that completes.
    fn wrote(&mut self, n: usize) -> usize {
        self.waiting_octets -= n;
        self.written += n;
        let mut messages = 0;
        while let Some(first) = self.waiting.front() {
            let length = first.octets().len();
            if self.written < length {
                break;
            }
            self.written -= length;
            messages += usize::from(matches!(first, Waiting::Message(_)));
            self.waiting.pop_front();
        }
        messages
    }

    /// Says that we say no more.
    pub(crate) fn shut(&self) {
        // a peer that is gone already is no failure
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }

    /// What was not written whole.
    pub(crate) fn unsent(&mut self) -> impl Iterator<Item = Transmit> {
        self.waiting.drain(..).filter_map(|waiting| match waiting {
            Waiting::Message(transmit) => Some(transmit),
            Waiting::Pong(_) => None,
        })
    }

    /// What the poll should be asked for.
    pub(crate) fn interest(&self) -> Interest {
        match self.phase {
            Phase::Connecting => Interest::WRITE,
            Phase::Open => Interest {
                read: true,
                write: self.is_waiting(),
            },
            Phase::Answering { .. } | Phase::Closing { .. } => Interest {
                read: false,
                write: self.is_waiting(),
            },
            Phase::Lingering { .. } => Interest::READ,
        }
    }

    /// Until when it may stay as it is, and what it is closed for then.
    pub(crate) fn deadline(&self, limits: &Limits) -> (Instant, CloseReason) {
        match self.phase {
            Phase::Connecting => (self.active + limits.connect_timeout, CloseReason::Stalled),
            Phase::Answering { by, why }
            | Phase::Closing { by, why }
            | Phase::Lingering { by, why } => (by, why),
            Phase::Open => {
                let idle = (self.active + limits.idle_timeout, CloseReason::Idle);
                let stalled = self.stalled.map(|since| since + limits.stall_timeout);
                let partial = self.partial.map(|since| since + limits.frame_timeout);
                let slow = [stalled, partial].into_iter().flatten().min();
                match slow {
                    Some(at) if at < idle.0 => (at, CloseReason::Stalled),
                    Some(_) | None => idle,
                }
            }
        }
    }
}

/// Whether an error says nothing of the stream itself.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Why a connection did not open.
pub(crate) fn failure_of(error: &io::Error) -> Failure {
    match error.raw_os_error() {
        Some(libc::ECONNREFUSED | libc::ECONNRESET) => Failure::Refused,
        Some(libc::ETIMEDOUT) => Failure::TimedOut,
        Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM) => Failure::Limit,
        Some(_) | None => Failure::Unreachable,
    }
}
