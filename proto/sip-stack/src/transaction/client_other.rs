//! Non-INVITE client transaction: RFC 3261 §17.1.2.

use bytes::Bytes;
use machine::Instant;
use sip_message::{Flow, Message};

use super::client_invite::Head;
use super::event::Event;
use super::outbox::Outbox;
use super::timers::{Repeat, T2, T4, TRANSACTION_LIFE, first, unless_reliable};
use crate::owner::Owner;

/// Where the transaction stands.
#[derive(Debug)]
pub(super) enum State {
    /// No final response yet: Timers E and F run; `proceeding` once a provisional came.
    Waiting {
        request: Bytes,
        repeat: Option<Repeat>,
        timer_f: Instant,
        proceeding: bool,
    },
    /// Answered: absorbs repetitions until Timer K.
    Completed { timer_k: Instant },
    /// Over.
    Terminated,
}

impl State {
    /// Sends the request.
    pub(super) fn begin(
        (owner, flow): (Owner, Flow),
        request: Bytes,
        now: Instant,
        out: &mut Outbox,
    ) -> Self {
        out.send(owner, flow, request.clone());
        Self::Waiting {
            request,
            repeat: Repeat::on(flow.transport, now, T2),
            timer_f: now + TRANSACTION_LIFE,
            proceeding: false,
        }
    }

    /// When to wake.
    pub(super) fn wake(&self) -> Option<Instant> {
        match self {
            Self::Waiting {
                repeat, timer_f, ..
            } => Some(first(repeat.as_ref(), *timer_f)),
            Self::Completed { timer_k } => Some(*timer_k),
            Self::Terminated => None,
        }
    }

    /// The request, while nothing was heard of it.
    pub(super) fn unheard(&self) -> Option<&Bytes> {
        match self {
            Self::Waiting {
                request,
                proceeding: false,
                ..
            } => Some(request),
            Self::Waiting { .. } | Self::Completed { .. } | Self::Terminated => None,
        }
    }

    /// Takes a response.
    pub(super) fn response(
        &mut self,
        head: Head,
        from: Flow,
        message: Message,
        now: Instant,
        out: &mut Outbox,
    ) {
        let Self::Waiting {
            repeat, proceeding, ..
        } = self
        else {
            out.figures.absorbed += 1;
            return;
        };
        if message.status().unwrap_or(0) < 200 {
            if !*proceeding {
                *proceeding = true;
                if let Some(repeat) = repeat {
                    repeat.widest(now);
                }
            }
        } else {
            let wait = unless_reliable(head.flow.transport, T4);
            *self = if wait.is_zero() {
                Self::Terminated
            } else {
                Self::Completed {
                    timer_k: now + wait,
                }
            };
        }
        out.tell(Event::Response {
            key: head.key,
            owner: head.owner,
            flow: from,
            message,
        });
    }

    /// The transport failed: told once, while an answer was still awaited.
    pub(super) fn transport_failed(&mut self, head: Head, out: &mut Outbox) {
        if let Self::Waiting { .. } = self {
            *self = Self::Terminated;
            out.figures.transport_failed += 1;
            out.tell(Event::ClientTransportFailed {
                key: head.key,
                owner: head.owner,
            });
        }
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, head: Head, now: Instant, out: &mut Outbox) {
        match self {
            Self::Waiting {
                request,
                repeat,
                timer_f,
                ..
            } => {
                if *timer_f <= now {
                    *self = Self::Terminated;
                    out.figures.timed_out += 1;
                    out.tell(Event::ClientTimedOut {
                        key: head.key,
                        owner: head.owner,
                    });
                } else if repeat.as_mut().is_some_and(|repeat| repeat.due(now)) {
                    out.repeat(head.owner, head.flow, request);
                }
            }
            Self::Completed { timer_k } => {
                if *timer_k <= now {
                    *self = Self::Terminated;
                }
            }
            Self::Terminated => {}
        }
    }
}
