//! The TCP half: listeners, connections, and who waits for what until when.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use machine::Instant;
use sip_message::flow::Flow;

use crate::config::Limits;
use crate::connection::{Connection, Phase, Source, failure_of};
use crate::event_loop::Incident;
use crate::figures::Figures;
use crate::handler::{CloseReason, Failure, Received, Transmit};
use crate::intake::Ending;
use crate::sys::{self, Direction, Epoll, Event, Interest};

/// Octets read from a connection before others get their turn.
const READ: usize = 64 << 10;
/// Connections accepted before others get their turn.
const ACCEPTS: usize = 64;
/// How long to accept nothing after there was no descriptor for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// One listening socket.
#[derive(Debug)]
pub(crate) struct StreamListener {
    listener: TcpListener,
    token: u64,
}

impl StreamListener {
    pub(crate) fn new(listener: TcpListener, token: u64) -> StreamListener {
        StreamListener { listener, token }
    }
}

/// What a change of the streams needs from the loop.
pub(crate) struct Context<'a> {
    pub(crate) epoll: &'a Epoll,
    pub(crate) now: Instant,
    pub(crate) incidents: &'a mut VecDeque<Incident>,
}

/// All connections of a loop.
#[derive(Debug)]
pub(crate) struct Streams {
    listeners: Vec<StreamListener>,
    live: HashMap<u64, Connection>,
    by_remote: HashMap<SocketAddr, u64>,
    by_source: HashMap<Source, usize>,
    /// Every connection once, at its `due`.
    timers: BTreeSet<(Instant, u64)>,
    dirty: Vec<u64>,
    connecting: usize,
    next_id: u64,
    accept_again: Option<Instant>,
    scratch: Vec<u8>,
    limits: Limits,
    figures: Arc<Figures>,
}

impl Streams {
    pub(crate) fn new(
        listeners: Vec<StreamListener>,
        first_id: u64,
        limits: Limits,
        figures: Arc<Figures>,
    ) -> Streams {
        Streams {
            listeners,
            live: HashMap::new(),
            by_remote: HashMap::new(),
            by_source: HashMap::new(),
            timers: BTreeSet::new(),
            dirty: Vec::new(),
            connecting: 0,
            next_id: first_id,
            accept_again: None,
            scratch: vec![0; READ],
            limits,
            figures,
        }
    }

    // ---- opening

    /// Takes what waits at a listener.
    pub(crate) fn accept(&mut self, index: usize, context: &mut Context<'_>) {
        for _ in 0..ACCEPTS {
            let Some(listener) = self.listeners.get(index) else {
                return;
            };
            match listener.listener.accept() {
                Ok((stream, remote)) => self.admit(stream, remote, context),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if failure_of(&error) == Failure::Limit => {
                    self.figures.tcp_accept_errors.one();
                    self.pause_accepting(context);
                    return;
                }
                // that connection was given up or lost before we came to it (accept(2))
                Err(_) => self.figures.tcp_accept_errors.one(),
            }
        }
    }

    fn admit(&mut self, stream: TcpStream, remote: SocketAddr, context: &mut Context<'_>) {
        let source = Source::of(remote);
        if self.live.len() >= self.limits.connections {
            self.figures.tcp_refused_total.one();
            return;
        }
        let of_source = self.by_source.get(&source).copied().unwrap_or(0);
        if of_source >= self.limits.connections_per_source {
            self.figures.tcp_refused_source.one();
            return;
        }
        match self.enter(stream, remote, Some(source), context) {
            Ok(_) => {
                self.by_source.insert(source, of_source + 1);
                self.figures.tcp_accepted.one();
            }
            Err(_) => self.figures.tcp_accept_errors.one(),
        }
    }

    fn connect(&mut self, flow: Flow, context: &mut Context<'_>) -> Result<u64, Failure> {
        let full = self.live.len() >= self.limits.connections;
        if full || self.connecting >= self.limits.connecting {
            return Err(Failure::Limit);
        }
        let from = (!flow.local.ip().is_unspecified()).then_some(flow.local);
        let opened = sys::connect_stream(flow.remote, from).and_then(|stream| {
            let fd = stream.as_fd();
            sys::set_buffer(fd, Direction::Send, self.limits.stream_buffer)?;
            sys::set_buffer(fd, Direction::Receive, self.limits.stream_buffer)?;
            self.enter(stream, flow.remote, None, context)
        });
        opened.map_err(|error| {
            self.figures.tcp_connect_failures.one();
            failure_of(&error)
        })
    }

    /// Gives a stream its id and its places in the tables.
    fn enter(
        &mut self,
        stream: TcpStream,
        remote: SocketAddr,
        source: Option<Source>,
        context: &mut Context<'_>,
    ) -> io::Result<u64> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        sys::set_user_timeout(stream.as_fd(), self.limits.stall_timeout)?;
        let id = self.next_id;
        let flow = Flow::tcp(stream.local_addr()?, remote, id);
        let mut connection = Connection::new(stream, flow, source, &self.limits, context.now);
        (connection.due, _) = connection.deadline(&self.limits);
        context.epoll.add(connection.fd(), id, connection.armed)?;
        self.next_id += 1;
        self.connecting += usize::from(source.is_none());
        self.timers.insert((connection.due, id));
        self.live.insert(id, connection);
        self.by_remote.insert(remote, id);
        self.figures.tcp_connections_now.set(self.live.len());
        Ok(id)
    }

    fn pause_accepting(&mut self, context: &mut Context<'_>) {
        self.accept_again = Some(context.now + ACCEPT_PAUSE);
        self.listen(context.epoll, false);
    }

    fn listen(&self, epoll: &Epoll, read: bool) {
        for listener in &self.listeners {
            let interest = Interest { read, write: false };
            // should it fail, the next turn comes here again
            let _ = epoll.change(listener.listener.as_fd(), listener.token, interest);
        }
    }

    // ---- sending

    /// Queues a message on the connection it belongs to, opening one where there is none.
    pub(crate) fn send(&mut self, transmit: Transmit, context: &mut Context<'_>) {
        let flow = transmit.flow;
        let id = match self.find(flow) {
            Some(id) => id,
            None => match self.connect(flow, context) {
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

    fn find(&self, flow: Flow) -> Option<u64> {
        let usable = |id: &u64| {
            self.live.get(id).is_some_and(|connection| {
                let talks = match connection.phase {
                    Phase::Connecting | Phase::Open | Phase::Answering { .. } => true,
                    Phase::Closing { .. } | Phase::Lingering { .. } => false,
                };
                // an id from before a restart must not lead to somebody else
                talks && connection.flow.remote == flow.remote
            })
        };
        Some(flow.connection)
            .filter(|id| usable(id))
            .or_else(|| self.by_remote.get(&flow.remote).copied().filter(usable))
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

    // ---- events

    /// Something happened to a connection.
    pub(crate) fn happened(
        &mut self,
        event: Event,
        batch: &mut Vec<Received>,
        context: &mut Context<'_>,
    ) {
        let id = event.token;
        let Some(connection) = self.live.get_mut(&id) else {
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
        let reading = connection.read(&mut self.scratch, context.now, |flow, bytes| {
            batch.push(Received { flow, bytes });
        });
        self.figures.tcp_octets_in.count(reading.octets);
        self.figures.tcp_messages_in.count(reading.messages);
        if reading.pings > 0 {
            self.figures.tcp_pings.count(reading.pings);
            connection.pong(reading.pings, &self.limits);
            if !connection.dirty {
                connection.dirty = true;
                self.dirty.push(id);
            }
        }
        match reading.end {
            Ending::None => self.settle_timer(id),
            Ending::Reset => self.remove(id, CloseReason::Reset, Failure::Closed, context),
            Ending::Peer => self.answer(id, CloseReason::Peer, context),
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

    // ---- closing

    /// Reads no more, but lets the handler answer what was read.
    fn answer(&mut self, id: u64, why: CloseReason, context: &mut Context<'_>) {
        let Some(connection) = self.live.get_mut(&id) else {
            return;
        };
        let by = context.now + self.limits.linger;
        connection.phase = Phase::Answering { by, why };
        context
            .incidents
            .push_back(Incident::Answered { connection: id });
        self.rearm(id, context);
    }

    /// The handler has answered: what waits is written, then the connection closed.
    pub(crate) fn answered(&mut self, id: u64, context: &mut Context<'_>) {
        if let Some(connection) = self.live.get_mut(&id)
            && let Phase::Answering { by, why } = connection.phase
        {
            connection.phase = Phase::Closing { by, why };
            self.write(id, context);
        }
    }

    /// Closes a connection now and reports what it leaves undone.
    fn remove(&mut self, id: u64, why: CloseReason, unsent: Failure, context: &mut Context<'_>) {
        let Some(mut connection) = self.live.remove(&id) else {
            return;
        };
        self.timers.remove(&(connection.due, id));
        let remote = connection.flow.remote;
        if self.by_remote.get(&remote) == Some(&id) {
            self.by_remote.remove(&remote);
        }
        if let Some(source) = connection.source
            && let Some(count) = self.by_source.get_mut(&source)
        {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&source);
            }
        }
        if connection.phase == Phase::Connecting {
            self.connecting -= 1;
            self.figures.tcp_connect_failures.one();
        } else {
            context
                .incidents
                .push_back(Incident::Closed(connection.flow, why));
        }
        let failed = connection
            .unsent()
            .map(|transmit| Incident::Failed(transmit, unsent));
        context.incidents.extend(failed);
        self.figures.tcp_connections_now.set(self.live.len());
    }

    /// When [`Streams::expire`] is next needed.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let timer = self.timers.first().map(|(at, _)| *at);
        [timer, self.accept_again].into_iter().flatten().min()
    }

    /// Closes what has been silent, slow or unopened for too long.
    pub(crate) fn expire(&mut self, context: &mut Context<'_>) {
        if self.accept_again.is_some_and(|at| at <= context.now) {
            self.accept_again = None;
            self.listen(context.epoll, true);
        }
        while let Some((at, id)) = self.timers.first().copied()
            && at <= context.now
        {
            let Some(connection) = self.live.get_mut(&id) else {
                self.timers.remove(&(at, id));
                continue;
            };
            let (due, why) = connection.deadline(&self.limits);
            if due > context.now {
                self.timers.remove(&(at, id));
                self.timers.insert((due, id));
                connection.due = due;
                continue;
            }
            let unsent = if connection.phase == Phase::Connecting {
                Failure::TimedOut
            } else {
                Failure::Closed
            };
            match why {
                CloseReason::Idle => self.figures.tcp_idle_closed.one(),
                CloseReason::Stalled if unsent == Failure::Closed => {
                    self.figures.tcp_stalled_closed.one();
                }
                CloseReason::Stalled
                | CloseReason::Peer
                | CloseReason::Reset
                | CloseReason::Malformed => {}
            }
            self.remove(id, why, unsent, context);
        }
    }

    /// Accepts and reads no more; what waits is still written.
    pub(crate) fn stop_reading(&mut self, context: &mut Context<'_>) {
        self.accept_again = None;
        self.listen(context.epoll, false);
        let by = context.now + self.limits.farewell;
        let ids: Vec<u64> = self.live.keys().copied().collect();
        for id in ids {
            if let Some(connection) = self.live.get_mut(&id) {
                if connection.phase != Phase::Connecting {
                    connection.phase = Phase::Closing {
                        by,
                        why: CloseReason::Peer,
                    };
                }
                if connection.is_waiting() {
                    self.rearm(id, context);
                } else {
                    self.remove(id, CloseReason::Peer, Failure::Closed, context);
                }
            }
        }
    }

    /// Whether anything waits to be written.
    pub(crate) fn is_waiting(&self) -> bool {
        self.live.values().any(Connection::is_waiting)
    }
}
