//! Connections that begin: accepted from a listener, or opened by us.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use machine::Instant;
use sip_message::flow::{Flow, Transport};

use super::doors::Guest;
use super::{Context, PROVED, REFILL, Streams};
use crate::connection::{Connection, Source, failure_of};
use crate::handler::{CloseReason, Failure};
use crate::sys::{self, Direction};

/// Connections accepted before others get their turn.
const ACCEPTS: usize = 64;
/// How long to accept nothing after there was no descriptor for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// With whom a connection is.
enum Party {
    /// Somebody who came.
    Guest(Source),
    /// Somebody we went to, who must prove a name within TLS.
    Visited(Option<Arc<str>>),
}

impl Streams {
    /// Takes what waits at a listener, but nobody of whom `bars` holds true; those of whom
    /// `introduces` does must first say who has come.
    pub(crate) fn accept(
        &mut self,
        index: usize,
        bars: impl Fn(IpAddr) -> bool,
        introduces: impl Fn(IpAddr) -> bool,
        context: &mut Context<'_>,
    ) {
        for _ in 0..ACCEPTS {
            match self.doors.accept(index) {
                Ok((stream, balancer)) if introduces(balancer.ip()) => {
                    self.await_introduction(index, stream, balancer, context);
                }
                Ok((_, remote)) if bars(remote.ip()) => self.figures.tcp_barred.one(),
                Ok((stream, remote)) => {
                    self.admit(index, stream, remote, Vec::new(), context);
                }
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

    /// Takes somebody in who came by a listener, and of whose octets `early` were read; gives the
    /// number of the connection, or nothing where a bound is reached.
    pub(super) fn admit(
        &mut self,
        index: usize,
        stream: TcpStream,
        remote: SocketAddr,
        early: Vec<u8>,
        context: &mut Context<'_>,
    ) -> Option<u64> {
        let source = Source::of(remote);
        if self.is_full() {
            self.figures.tcp_refused_total.one();
            return None;
        }
        let of_source = self.by_source.get(&source).copied().unwrap_or(0);
        if of_source >= self.limits.connections_per_source {
            self.figures.tcp_refused_source.one();
            return None;
        }
        if self.doors.is_costly(index) && !self.may_open(source, context.now) {
            self.figures.tcp_refused_pace.one();
            return None;
        }
        let message = self.limits.message;
        let Some(mut guest) = self.doors.welcome(index, stream, message, context.now) else {
            self.figures.tcp_opening_refused.one();
            return None;
        };
        guest.wire = guest.wire.after(early);
        match self.enter(guest, remote, Party::Guest(source), context) {
            Ok(id) => {
                self.by_source.insert(source, of_source + 1);
                self.figures.tcp_accepted.one();
                self.await_opening(id, context);
                Some(id)
            }
            Err(_) => {
                self.figures.tcp_accept_errors.one();
                None
            }
        }
    }

    /// Whether a source has not begun too many openings lately; if so, this is one more.
    fn may_open(&mut self, source: Source, now: Instant) -> bool {
        let most = self.limits.openings_per_source;
        self.pace.of(source).take(most, REFILL, now)
    }

    /// Remembers a connection whose peer must first agree on keys or ask for a WebSocket. Beyond
    /// the bound the one that has taken longest gives way: peers that mean it take less.
    fn await_opening(&mut self, id: u64, context: &mut Context<'_>) {
        let opening = self.live.get(&id).is_some_and(Connection::is_opening);
        if !opening {
            return;
        }
        self.opening.insert(id);
        if self.opening.len() > self.limits.opening
            && let Some(oldest) = self.opening.first().copied()
        {
            self.figures.tcp_opening_evicted.one();
            self.remove(oldest, CloseReason::Stalled, Failure::Closed, context);
        }
        self.figures.tcp_opening_now.set(self.opening.len());
    }

    pub(super) fn connect(
        &mut self,
        flow: Flow,
        name: Option<Arc<str>>,
        context: &mut Context<'_>,
    ) -> Result<u64, Failure> {
        match flow.transport {
            Transport::Tcp => {}
            Transport::Tls if name.is_some() => {}
            // phones there cannot be called but on the connection that they opened themselves
            Transport::Tls | Transport::Ws | Transport::Wss | Transport::Udp => {
                return Err(Failure::Closed);
            }
        }
        if self.is_full() || self.connecting >= self.limits.connecting {
            return Err(Failure::Limit);
        }
        let public = self.doors.is_translated(flow.local).then_some(flow.local);
        let exact = public.is_none() && !flow.local.ip().is_unspecified();
        let from = exact.then_some(flow.local);
        let opened = sys::connect_stream(flow.remote, from).and_then(|stream| {
            let fd = stream.as_fd();
            sys::set_buffer(fd, Direction::Send, self.limits.buffer)?;
            sys::set_buffer(fd, Direction::Receive, self.limits.buffer)?;
            let guest = self
                .doors
                .visit(stream, name.as_deref(), self.limits.message);
            let guest = guest.ok_or(io::ErrorKind::PermissionDenied)?;
            let guest = Guest { public, ..guest };
            self.enter(guest, flow.remote, Party::Visited(name), context)
        });
        opened.map_err(|error| {
            self.figures.tcp_connect_failures.one();
            failure_of(&error)
        })
    }

    /// Gives a stream its id and its places in the tables.
    fn enter(
        &mut self,
        guest: Guest,
        remote: SocketAddr,
        party: Party,
        context: &mut Context<'_>,
    ) -> io::Result<u64> {
        let (source, name) = match party {
            Party::Guest(source) => (Some(source), None),
            Party::Visited(name) => (None, name),
        };
        let stream = guest.wire.stream();
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        sys::set_user_timeout(stream.as_fd(), self.limits.stall_timeout)?;
        let id = self.next_id;
        let local = match guest.public {
            Some(public) => public,
            None => stream.local_addr()?,
        };
        let flow = Flow::tcp(local, remote, id).over(guest.transport);
        let Guest { wire, framing, .. } = guest;
        let mut connection = Connection::new(wire, framing, flow, source, context.now);
        connection.name.clone_from(&name);
        (connection.due, _) = connection.deadline(&self.limits);
        context.epoll.add(connection.fd(), id, connection.armed)?;
        self.next_id += 1;
        self.connecting += usize::from(source.is_none());
        self.timers.insert((connection.due, id));
        self.live.insert(id, connection);
        if let Some(name) = &name {
            self.remember(id, Arc::clone(name));
        }
        self.by_remote.insert((remote, name), id);
        self.figures.tcp_connections_now.set(self.live.len());
        Ok(id)
    }

    /// Remembers which name the peer of a connection must prove. When there are too many, those of
    /// connections that are no more are forgotten: what is still sent by them has failed.
    fn remember(&mut self, id: u64, name: Arc<str>) {
        if self.proved.len() >= PROVED {
            let live = &self.live;
            self.proved.retain(|id, _| live.contains_key(id));
        }
        self.proved.insert(id, name);
    }

    fn pause_accepting(&mut self, context: &mut Context<'_>) {
        self.accept_again = Some(context.now + ACCEPT_PAUSE);
        self.doors.listen(context.epoll, false);
    }
}
