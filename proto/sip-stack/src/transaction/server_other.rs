//! Non-INVITE server transaction: RFC 3261 §17.2.2.

use bytes::Bytes;
use machine::Instant;

use super::event::Event;
use super::outbox::{Outbox, exact};
use super::server_invite::Head;
use super::timers::{TRANSACTION_LIFE, unless_reliable};

/// Where the transaction stands.
#[derive(Debug)]
pub(super) enum State {
    /// No final response yet; given up when the client must have (its Timer F).
    Waiting {
        provisional: Option<Bytes>,
        given_up: Instant,
    },
    /// Answered: repeats the response on demand until Timer J.
    Completed { response: Bytes, timer_j: Instant },
    /// Over.
    Terminated,
}

impl State {
    pub(super) fn begin(now: Instant) -> Self {
        Self::Waiting {
            provisional: None,
            given_up: now + TRANSACTION_LIFE,
        }
    }

    /// When to wake.
    pub(super) fn wake(&self) -> Option<Instant> {
        match self {
            Self::Waiting { given_up: at, .. } | Self::Completed { timer_j: at, .. } => Some(*at),
            Self::Terminated => None,
        }
    }

    /// Whether it has its final response and waits for Timer J.
    pub(super) const fn is_completed(&self) -> bool {
        matches!(self, Self::Completed { .. })
    }

    /// Whether the same request by another way would be served twice.
    pub(super) fn is_serving(&self) -> bool {
        matches!(self, Self::Waiting { .. })
    }

    /// The request again.
    pub(super) fn repeated(&mut self, head: Head, out: &mut Outbox) {
        out.figures.absorbed += 1;
        match self {
            Self::Waiting {
                provisional: Some(response),
                ..
            }
            | Self::Completed { response, .. } => out.repeat(head.owner, head.flow, response),
            Self::Waiting {
                provisional: None, ..
            }
            | Self::Terminated => {}
        }
    }

    /// Sends a response of the owner; a second final one is dropped.
    pub(super) fn respond(
        &mut self,
        head: Head,
        status: u16,
        response: Bytes,
        now: Instant,
        out: &mut Outbox,
    ) {
        let Self::Waiting { provisional, .. } = self else {
            return;
        };
        out.send(head.owner, head.flow, response.clone());
        if status < 200 {
            *provisional = Some(response);
            return;
        }
        let wait = unless_reliable(head.flow.transport, TRANSACTION_LIFE);
        *self = if wait.is_zero() {
            Self::Terminated
        } else {
            Self::Completed {
                response: exact(&response),
                timer_j: now + wait,
            }
        };
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, head: Head, now: Instant, out: &mut Outbox) {
        match self {
            Self::Waiting { given_up, .. } => {
                if *given_up <= now {
                    *self = Self::Terminated;
                    out.tell(Event::ServerTimedOut {
                        key: head.key,
                        owner: head.owner,
                    });
                }
            }
            Self::Completed { timer_j, .. } => {
                if *timer_j <= now {
                    *self = Self::Terminated;
                }
            }
            Self::Terminated => {}
        }
    }
}
