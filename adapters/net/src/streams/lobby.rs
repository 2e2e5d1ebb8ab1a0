//! Connections from balancers, before it is known whose they are.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::AsFd;

use machine::Instant;
use proxy_protocol::{HEADER_MAX, Header, Introduction};

use super::{Context, Streams};
use crate::handler::Received;
use crate::sys::{self, Interest};

/// One connection, and what it has said so far.
#[derive(Debug)]
struct Arrival {
    stream: TcpStream,
    /// The listener by which it came.
    index: usize,
    balancer: SocketAddr,
    /// At most [`HEADER_MAX`] octets.
    said: Vec<u8>,
    /// Until when it may take.
    by: Instant,
}

/// What a connection has said, once that is known.
enum Said {
    /// Not enough.
    Part,
    /// Whose it is, and so many octets of the header.
    Whose(Introduction, usize),
    /// Nothing, or something else.
    Nothing,
}

impl Arrival {
    /// Reads what came, but no more of it than a header may have.
    fn hear(&mut self) -> Said {
        let mut octets = [0; HEADER_MAX];
        let room = HEADER_MAX - self.said.len();
        let room = octets.get_mut(..room).unwrap_or_default();
        match self.stream.read(room) {
            Ok(0) => return Said::Nothing,
            Ok(n) => self.said.extend_from_slice(room.get(..n).unwrap_or(&[])),
            Err(error) if sys::is_passing(&error) => return Said::Part,
            Err(_) => return Said::Nothing,
        }
        match Header::read(&self.said) {
            Header::Partial => Said::Part,
            Header::Whole(introduction, length) => Said::Whose(introduction, length),
            Header::Refused(_) => Said::Nothing,
        }
    }
}

/// All of them, the oldest first: numbers grow, and each may take as long as any other.
#[derive(Debug, Default)]
pub(super) struct Lobby(BTreeMap<u64, Arrival>);

impl Lobby {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// When the oldest has taken too long.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.first_key_value().map(|(_, arrival)| arrival.by)
    }
}

impl Streams {
    /// Has a connection from a balancer say whose it is. Beyond the bound the one that has taken
    /// longest gives way.
    pub(super) fn await_introduction(
        &mut self,
        index: usize,
        stream: TcpStream,
        balancer: SocketAddr,
        context: &mut Context<'_>,
    ) {
        if self.is_full() {
            self.figures.tcp_refused_total.one();
            return;
        }
        if self.doors.lobby.len() >= self.limits.opening {
            self.figures.tcp_opening_evicted.one();
            self.doors.lobby.0.pop_first();
        }
        let id = self.next_id;
        let watched = stream
            .set_nonblocking(true)
            .and_then(|()| context.epoll.add(stream.as_fd(), id, Interest::READ));
        if watched.is_err() {
            self.figures.tcp_accept_errors.one();
            return;
        }
        self.next_id += 1;
        let arrival = Arrival {
            stream,
            index,
            balancer,
            said: Vec::new(),
            by: context.now + self.limits.opening_timeout,
        };
        self.doors.lobby.0.insert(id, arrival);
    }

    /// Hears whose a connection is and takes them in, unless `bars` holds true of them.
    pub(super) fn introduce(
        &mut self,
        id: u64,
        bars: impl Fn(IpAddr) -> bool,
        batch: &mut Vec<Received>,
        context: &mut Context<'_>,
    ) {
        let Some(arrival) = self.doors.lobby.0.get_mut(&id) else {
            return;
        };
        let said = arrival.hear();
        let (introduction, length) = match said {
            Said::Part => return,
            Said::Whose(introduction, length) => (introduction, length),
            Said::Nothing => {
                self.figures.tcp_unintroduced.one();
                self.doors.lobby.0.remove(&id);
                return;
            }
        };
        let Some(arrival) = self.doors.lobby.0.remove(&id) else {
            return;
        };
        if let Introduction::Of { from, .. } = introduction
            && bars(from.ip())
        {
            self.figures.tcp_barred.one();
            return;
        }
        let taken = self.usher(arrival, introduction, length, batch, context);
        if taken.is_err() {
            self.figures.tcp_accept_errors.one();
        }
    }

    /// Takes somebody in, and reads what they said behind the header. The address that they came
    /// to, the balancer's, is the one by which they find the exchange again.
    fn usher(
        &mut self,
        arrival: Arrival,
        introduction: Introduction,
        header: usize,
        batch: &mut Vec<Received>,
        context: &mut Context<'_>,
    ) -> io::Result<()> {
        let Arrival { stream, index, .. } = arrival;
        // it is watched anew under the number that it gets now
        context.epoll.remove(stream.as_fd())?;
        let early = arrival.said.get(header..).unwrap_or(&[]).to_vec();
        let more = !early.is_empty();
        let (remote, local) = match introduction {
            Introduction::Own => (arrival.balancer, None),
            Introduction::Of { from, to } => (from, Some(to)),
        };
        let Some(id) = self.admit(index, stream, remote, early, context) else {
            return Ok(());
        };
        if let (Some(local), Some(connection)) = (local, self.live.get_mut(&id)) {
            connection.flow.local = local;
        }
        if more {
            self.read(id, batch, context);
        }
        Ok(())
    }

    /// Sends those away who have taken too long.
    pub(super) fn expire_introductions(&mut self, now: Instant) {
        while self.doors.lobby.deadline().is_some_and(|by| by <= now) {
            self.figures.tcp_opening_timed_out.one();
            self.doors.lobby.0.pop_first();
        }
    }
}
