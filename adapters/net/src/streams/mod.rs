//! The half of streams: listeners, connections, and who waits for what until when.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use machine::{Generations, Instant, Leak};
use sip_message::flow::Flow;

use crate::config::StreamLimits;
use crate::connection::{Connection, Phase, Source};
use crate::figures::Figures;
use crate::handler::{CloseReason, Failure, Received, Transmit};
use crate::incident::Incident;
use crate::intake::Ending;
use crate::sys::{Epoll, Event};

mod closing;
mod doors;
mod lobby;
mod opening;

pub(crate) use doors::{Doors, StreamListener};
use lobby::Lobby;

/// How soon a source may begin one more opening, once it has had those it may begin at once.
const REFILL: Duration = Duration::from_millis(50);
/// Sources whose openings are remembered; those of the generation before are as many.
const SOURCES: usize = 16_384;

/// A peer: its address and, where we opened TLS to it, the name that it must prove.
type Peer = (SocketAddr, Option<Arc<str>>);
/// Connections that are no more, of whose peers the names are remembered.
const PROVED: usize = 16_384;

/// Octets read from a connection before others get their turn.
const READ: usize = 64 << 10;

/// What a change of the streams needs from the loop.
pub(crate) struct Context<'a> {
    pub(crate) epoll: &'a Epoll,
    pub(crate) now: Instant,
    pub(crate) incidents: &'a mut VecDeque<Incident>,
}

/// All connections of a loop.
#[derive(Debug)]
pub(crate) struct Streams {
    doors: Doors,
    live: HashMap<u64, Connection>,
    by_remote: HashMap<Peer, u64>,
    /// The names of peers to which connections of TLS were opened, by the connection's number: what
    /// belongs to one that is no more goes to nobody else.
    proved: HashMap<u64, Arc<str>>,
    by_source: HashMap<Source, usize>,
    /// Every connection once, at its `due`.
    timers: BTreeSet<(Instant, u64)>,
    dirty: Vec<u64>,
    connecting: usize,
    /// Accepted connections whose peers may not send messages yet, the oldest first.
    opening: BTreeSet<u64>,
    /// How often each source lately began to agree on keys or to ask for a WebSocket. That costs us
    /// more than it costs a peer, so that one alone must not be able to keep the loop at it.
    pace: Generations<Source, Leak>,
    next_id: u64,
    accept_again: Option<Instant>,
    scratch: Vec<u8>,
    limits: StreamLimits,
    figures: Arc<Figures>,
}

impl Streams {
    pub(crate) fn new(
        doors: Doors,
        first_id: u64,
        limits: StreamLimits,
        figures: Arc<Figures>,
    ) -> Streams {
        Streams {
            doors,
            live: HashMap::new(),
            by_remote: HashMap::new(),
            proved: HashMap::new(),
            by_source: HashMap::new(),
            timers: BTreeSet::new(),
            dirty: Vec::new(),
            connecting: 0,
            opening: BTreeSet::new(),
            pace: Generations::new(SOURCES),
            next_id: first_id,
            accept_again: None,
            scratch: vec![0; READ],
            limits,
            figures,
        }
    }

    /// Queues a message on the connection it belongs to, opening one where there is none; `name` is
    /// what its peer must prove, where that is awaited.
    pub(crate) fn send(
        &mut self,
        transmit: Transmit,
        name: Option<Arc<str>>,
        context: &mut Context<'_>,
    ) {
        let flow = transmit.flow;
        let name = name.or_else(|| self.proved.get(&flow.connection).cloned());
        let id = match self.find(flow, &name) {
            Some(id) => id,
            None => match self.connect(flow, name, context) {
                Ok(id) => id,
                Err(why) => {
                    context.incidents.push_back(Incident::Failed(transmit, why));
                    return;
                }
            },
        };
        if let Err((transmit, why)) = self.put(id, transmit, context) {
            context.incidents.push_back(Incident::Failed(transmit, why));
        }
    }

    /// Queues a message, making room first where the bound is reached and the kernel may have some.
    fn put(
        &mut self,
        id: u64,
        transmit: Transmit,
        context: &mut Context<'_>,
    ) -> Result<(), (Transmit, Failure)> {
        let Some(connection) = self.live.get_mut(&id) else {
            return Err((transmit, Failure::Closed));
        };
        let mut queued = connection.queue(transmit, &self.limits);
        if let Err(transmit) = queued {
            if !connection.armed.write {
                self.write(id, context);
            }
            let Some(connection) = self.live.get_mut(&id) else {
                return Err((transmit, Failure::Closed));
            };
            queued = connection.queue(transmit, &self.limits);
        }
        if let Err(transmit) = queued {
            self.figures.tcp_write_overflows.one();
            return Err((transmit, Failure::Overflow));
        }
        if let Some(connection) = self.live.get_mut(&id)
            && !connection.dirty
        {
            connection.dirty = true;
            self.dirty.push(id);
        }
        Ok(())
    }

    fn find(&self, flow: Flow, name: &Option<Arc<str>>) -> Option<u64> {
        let usable = |id: &u64| {
            self.live.get(id).is_some_and(|connection| {
                let talks = match connection.phase {
                    Phase::Connecting | Phase::Open | Phase::Answering { .. } => true,
                    Phase::Closing { .. } | Phase::Lingering { .. } => false,
                };
                // an id from before a restart must not lead to somebody else
                talks
                    && connection.flow.remote == flow.remote
                    && connection.flow.transport == flow.transport
            })
        };
        Some(flow.connection).filter(|id| usable(id)).or_else(|| {
            let peer = (flow.remote, name.clone());
            self.by_remote.get(&peer).copied().filter(usable)
        })
    }

    /// Writes what was queued since the last flush.
    pub(crate) fn flush(&mut self, context: &mut Context<'_>) {
        while let Some(id) = self.dirty.pop() {
            if let Some(connection) = self.live.get_mut(&id) {
                connection.dirty = false;
                // one being opened or blocked is woken by the poll
                if !connection.armed.write {
                    self.write(id, context);
                }
            }
        }
    }

    fn write(&mut self, id: u64, context: &mut Context<'_>) {
        let Some(connection) = self.live.get_mut(&id) else {
            return;
        };
        let done = connection.write(context.now);
        self.figures.tcp_octets_out.count(done.octets);
        self.figures.tcp_messages_out.count(done.messages);
        if done.broken {
            let why = connection.phase.ended_for().unwrap_or(CloseReason::Reset);
            self.remove(id, why, Failure::Closed, context);
            return;
        }
        if !connection.is_waiting()
            && let Phase::Closing { by, why } = connection.phase
        {
            connection.shut();
            if why == CloseReason::Malformed {
                connection.phase = Phase::Lingering { by, why };
            } else {
                self.remove(id, why, Failure::Closed, context);
                return;
            }
        }
        self.rearm(id, context);
    }

    /// Asks the poll and the timer list for what the connection needs now.
    fn rearm(&mut self, id: u64, context: &mut Context<'_>) {
        let Some(connection) = self.live.get_mut(&id) else {
            return;
        };
        let wanted = connection.interest();
        if wanted != connection.armed {
            if context.epoll.change(connection.fd(), id, wanted).is_err() {
                self.remove(id, CloseReason::Reset, Failure::Closed, context);
                return;
            }
            connection.armed = wanted;
        }
        self.settle_timer(id);
    }

    /// Moves a connection's timer to an earlier moment where it needs one; a later moment is found
    /// when the timer goes off.
    fn settle_timer(&mut self, id: u64) {
        let Some(connection) = self.live.get_mut(&id) else {
            return;
        };
        let (at, _) = connection.deadline(&self.limits);
        if at < connection.due {
            self.timers.remove(&(connection.due, id));
            self.timers.insert((at, id));
            connection.due = at;
        }
    }

    /// Whether no more connections may be there at once.
    fn is_full(&self) -> bool {
        self.live.len() + self.doors.lobby.len() >= self.limits.connections
    }

    /// Something happened to a connection. Whoever turns out to have come by a balancer is let in
    /// unless `bars` holds true of them.
    pub(crate) fn happened(
        &mut self,
        event: Event,
        bars: impl Fn(IpAddr) -> bool,
        batch: &mut Vec<Received>,
        context: &mut Context<'_>,
    ) {
        let id = event.token;
        let Some(connection) = self.live.get_mut(&id) else {
            self.introduce(id, bars, batch, context);
            return;
        };
        match connection.phase {
            Phase::Connecting => self.opened(id, context),
            Phase::Open => {
                if event.writable {
                    self.write(id, context);
                }
                if event.readable || event.broken {
                    self.read(id, batch, context);
                }
            }
            Phase::Answering { why, .. } | Phase::Closing { why, .. } => {
                if event.broken {
                    self.remove(id, why, Failure::Closed, context);
                } else {
                    self.write(id, context);
                }
            }
            Phase::Lingering { why, .. } => {
                if connection.discard(&mut self.scratch) || event.broken {
                    self.remove(id, why, Failure::Closed, context);
                }
            }
        }
    }

    fn opened(&mut self, id: u64, context: &mut Context<'_>) {
        let Some(connection) = self.live.get_mut(&id) else {
            return;
        };
        match connection.opened(context.now) {
            Ok(()) => {
                self.connecting -= 1;
                self.figures.tcp_connected.one();
                self.write(id, context);
            }
            Err(why) => self.remove(id, CloseReason::Reset, why, context),
        }
    }

    fn read(&mut self, id: u64, batch: &mut Vec<Received>, context: &mut Context<'_>) {
        let Some(connection) = self.live.get_mut(&id) else {
            return;
        };
        let (opening, proving) = (connection.is_opening(), connection.is_proving());
        let read = connection.read(&mut self.scratch, context.now, |flow, bytes| {
            batch.push(Received { flow, bytes });
        });
        let (octets, reading) = read;
        self.figures.tcp_octets_in.count(octets);
        self.figures.tcp_messages_in.count(reading.messages);
        self.figures.tcp_pings.count(reading.pings);
        connection.reply(reading.reply, &self.limits);
        if connection.is_waiting() && !connection.dirty {
            connection.dirty = true;
            self.dirty.push(id);
        }
        if opening && !connection.is_opening() {
            self.opening.remove(&id);
            self.figures.tcp_opening_now.set(self.opening.len());
            self.figures.tcp_opened.one();
        }
        match reading.end {
            Ending::None if opening => self.rearm(id, context),
            Ending::None => self.settle_timer(id),
            Ending::Peer | Ending::Refused if proving => {
                // an alert says why, as far as the kernel takes it now
                self.write(id, context);
                self.remove(id, CloseReason::Malformed, Failure::Refused, context);
            }
            Ending::Reset => self.remove(id, CloseReason::Reset, Failure::Closed, context),
            Ending::Peer => self.answer(id, CloseReason::Peer, context),
            Ending::Refused => {
                self.figures.tcp_opening_refused.count(usize::from(opening));
                self.figures.tcp_malformed.count(usize::from(!opening));
                self.answer(id, CloseReason::Malformed, context);
            }
            Ending::Malformed(problem) => {
                self.figures.tcp_malformed.one();
                let (flow, head) = (connection.flow, connection.head());
                context.incidents.push_back(Incident::Malformed {
                    flow,
                    problem,
                    head,
                });
                self.answer(id, CloseReason::Malformed, context);
            }
        }
    }
}
