//! One connection: what it has read, what it still has to write, and until when.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use bytes::Bytes;
use machine::Instant;
use sip_message::flow::Flow;

use crate::config::StreamLimits;
use crate::framing::Framing;
use crate::handler::{CloseReason, Failure, Transmit};
use crate::intake::{Ending, Reading};
use crate::outbox::{Outbox, Writing};
use crate::sys::Interest;
use crate::web_intake;
use crate::wire::{Arrival, Wire};

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

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    wire: Wire,
    pub(crate) flow: Flow,
    pub(crate) phase: Phase,
    /// The share it counts to; none for those we opened.
    pub(crate) source: Option<Source>,
    /// The name that its peer has proved or must prove, where we opened it within TLS.
    pub(crate) name: Option<Arc<str>>,
    /// What the poll was last asked for.
    pub(crate) armed: Interest,
    /// When the timer list will look at it.
    pub(crate) due: Instant,
    /// Whether it has something new to write.
    pub(crate) dirty: bool,
    framing: Framing,
    outbox: Outbox,
    /// When anything last went either way.
    active: Instant,
}

impl Connection {
    pub(crate) fn new(
        wire: Wire,
        framing: Framing,
        flow: Flow,
        source: Option<Source>,
        now: Instant,
    ) -> Connection {
        let accepted = source.is_some();
        Connection {
            wire,
            flow,
            phase: if accepted {
                Phase::Open
            } else {
                Phase::Connecting
            },
            source,
            name: None,
            armed: if accepted {
                Interest::READ
            } else {
                Interest::WRITE
            },
            due: now,
            dirty: false,
            framing,
            outbox: Outbox::default(),
            active: now,
        }
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.wire.fd()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.outbox.is_empty() || self.wire.is_waiting()
    }

    /// Whether its peer may not send messages yet: keys are not agreed on, or a WebSocket is not
    /// asked for.
    pub(crate) fn is_opening(&self) -> bool {
        self.wire.is_opening() || self.framing.is_opening()
    }

    /// Whether its peer, to which we opened it, has not proved its name yet.
    pub(crate) fn is_proving(&self) -> bool {
        self.name.is_some() && self.wire.is_opening()
    }

    /// Whether the connection being opened is open now, and why not.
    pub(crate) fn opened(&mut self, now: Instant) -> Result<(), Failure> {
        match self.wire.stream().take_error() {
            Ok(None) => {
                self.phase = Phase::Open;
                self.active = now;
                Ok(())
            }
            Ok(Some(error)) | Err(error) => Err(failure_of(&error)),
        }
    }

    /// Reads once, at most `scratch.len()` octets, and hands each whole message on. Tells how many
    /// octets came.
    pub(crate) fn read(
        &mut self,
        scratch: &mut [u8],
        now: Instant,
        mut message: impl FnMut(Flow, Bytes),
    ) -> (usize, Reading) {
        let Connection {
            wire,
            framing,
            flow,
            ..
        } = self;
        let mut reading = Reading::ended(Ending::None);
        let arrival = wire.read(scratch, |octets| {
            let next = framing.take(octets, now, |bytes| message(*flow, bytes));
            let so_far = std::mem::replace(&mut reading, Reading::ended(Ending::None));
            reading = so_far.and(next);
            matches!(reading.end, Ending::None)
        });
        let (octets, end) = match arrival {
            Arrival::Octets(n) => (n, Ending::None),
            Arrival::End(n) => (n, Ending::Peer),
            Arrival::Reset => (0, Ending::Reset),
            Arrival::Refused(n) => (n, Ending::Refused),
        };
        if octets > 0 {
            self.active = now;
        }
        // what the messages ended with says more than what the octets did
        if matches!(reading.end, Ending::None) {
            reading.end = end;
        }
        (octets, reading)
    }

    /// What is held of a message that is no message.
    pub(crate) fn head(&self) -> Bytes {
        self.framing.head()
    }

    /// Reads what a peer still says after the end and throws it away; tells whether it is done.
    pub(crate) fn discard(&mut self, scratch: &mut [u8]) -> bool {
        self.wire.discard(scratch)
    }

    /// Puts a message into the queue, or gives it back where too much waits.
    pub(crate) fn queue(
        &mut self,
        transmit: Transmit,
        limits: &StreamLimits,
    ) -> Result<(), Transmit> {
        match self.framing {
            Framing::Stream(_) => self.outbox.put(transmit, limits),
            Framing::Web(_) => {
                let frame = web_intake::framed(&transmit.bytes);
                self.outbox.put_framed(transmit, frame, limits)
            }
        }
    }

    /// Answers without asking anybody.
    pub(crate) fn reply(&mut self, octets: Vec<u8>, limits: &StreamLimits) {
        self.outbox.reply(octets.into(), limits);
    }

    /// Writes until nothing waits or the kernel takes no more.
    pub(crate) fn write(&mut self, now: Instant) -> Writing {
        let done = self.outbox.write(&mut self.wire, now);
        if done.octets > 0 {
            self.active = now;
        }
        done
    }

    /// Says that we say no more.
    pub(crate) fn shut(&mut self) {
        self.wire.shut();
    }

    /// What was not written whole.
    pub(crate) fn unsent(&mut self) -> impl Iterator<Item = Transmit> {
        self.outbox.unsent()
    }

    /// What the poll should be asked for.
    pub(crate) fn interest(&self) -> Interest {
        match self.phase {
            Phase::Connecting => Interest::WRITE,
            // what waits for keys cannot be written however ready the kernel is
            Phase::Open if self.wire.is_opening() => Interest {
                read: true,
                write: self.wire.is_waiting(),
            },
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
    pub(crate) fn deadline(&self, limits: &StreamLimits) -> (Instant, CloseReason) {
        match self.phase {
            Phase::Connecting => (self.active + limits.connect_timeout, CloseReason::Stalled),
            Phase::Answering { by, why }
            | Phase::Closing { by, why }
            | Phase::Lingering { by, why } => (by, why),
            Phase::Open if self.is_proving() => {
                (self.active + limits.connect_timeout, CloseReason::Stalled)
            }
            Phase::Open => {
                let idle = (self.active + limits.idle_timeout, CloseReason::Idle);
                let stalled = self
                    .outbox
                    .stalled()
                    .map(|since| since + limits.stall_timeout);
                let patience = if self.is_opening() {
                    limits.opening_timeout
                } else {
                    limits.frame_timeout
                };
                let partial = self.framing.partial().map(|since| since + patience);
                let slow = [stalled, partial].into_iter().flatten().min();
                match slow {
                    Some(at) if at < idle.0 => (at, CloseReason::Stalled),
                    Some(_) | None => idle,
                }
            }
        }
    }
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
