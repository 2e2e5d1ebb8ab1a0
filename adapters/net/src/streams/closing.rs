//! Connections that end: by their peer, by a limit, or with the loop.

use std::net::IpAddr;

use machine::Instant;

use super::{Context, Lobby, Streams};
use crate::connection::{Connection, Phase};
use crate::handler::{CloseReason, Failure};
use crate::incident::Incident;

impl Streams {
    /// Reads no more, but lets the handler answer what was read.
    pub(super) fn answer(&mut self, id: u64, why: CloseReason, context: &mut Context<'_>) {
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
    pub(super) fn remove(
        &mut self,
        id: u64,
        why: CloseReason,
        unsent: Failure,
        context: &mut Context<'_>,
    ) {
        let Some(mut connection) = self.live.remove(&id) else {
            return;
        };
        self.timers.remove(&(connection.due, id));
        let peer = (connection.flow.remote, connection.name.clone());
        if self.by_remote.get(&peer) == Some(&id) {
            self.by_remote.remove(&peer);
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
        } else if connection.is_proving() {
            // nobody above was ever told of it
            self.figures.tls_unproved.one();
        } else if self.opening.remove(&id) {
            // nobody above was ever told of it
            self.figures.tcp_opening_now.set(self.opening.len());
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

    /// Closes a connection that was accepted before `bars` held true of its address; tells whether
    /// it did. One that we opened ourselves is not the peer's doing.
    pub(crate) fn bar(
        &mut self,
        id: u64,
        bars: impl Fn(IpAddr) -> bool,
        context: &mut Context<'_>,
    ) -> bool {
        let accepted = self.live.get(&id).filter(|one| one.source.is_some());
        let barred = accepted.is_some_and(|one| bars(one.flow.remote.ip()));
        if barred {
            self.figures.tcp_barred.one();
            self.remove(id, CloseReason::Barred, Failure::Closed, context);
        }
        barred
    }

    /// When [`Streams::expire`] is next needed.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let timer = self.timers.first().map(|(at, _)| *at);
        [timer, self.accept_again, self.doors.lobby.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Closes what has been silent, slow or unopened for too long.
    pub(crate) fn expire(&mut self, context: &mut Context<'_>) {
        if self.accept_again.is_some_and(|at| at <= context.now) {
            self.accept_again = None;
            self.doors.listen(context.epoll, true);
        }
        self.expire_introductions(context.now);
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
            let unsent = if connection.phase == Phase::Connecting || connection.is_proving() {
                Failure::TimedOut
            } else {
                Failure::Closed
            };
            match why {
                CloseReason::Stalled if self.opening.contains(&id) => {
                    self.figures.tcp_opening_timed_out.one();
                }
                CloseReason::Idle => self.figures.tcp_idle_closed.one(),
                CloseReason::Stalled if unsent == Failure::Closed => {
                    self.figures.tcp_stalled_closed.one();
                }
                CloseReason::Stalled
                | CloseReason::Peer
                | CloseReason::Reset
                | CloseReason::Malformed
                | CloseReason::Barred => {}
            }
            self.remove(id, why, unsent, context);
        }
    }

    /// Accepts and reads no more; what waits is still written, until `by`.
    pub(crate) fn stop_reading(&mut self, by: Instant, context: &mut Context<'_>) {
        self.accept_again = None;
        self.doors.lobby = Lobby::default();
        self.doors.listen(context.epoll, false);
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
