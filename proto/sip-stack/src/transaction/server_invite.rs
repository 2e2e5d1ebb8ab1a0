//! INVITE server transaction: RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1.

use bytes::Bytes;
use machine::Instant;
use sip_message::{Flow, Message};

use super::event::{Event, ServerKey};
use super::outbox::{Outbox, exact};
use super::timers::{Repeat, T2, T4, TRANSACTION_LIFE, TRYING_AFTER, first, unless_reliable};
use super::via;
use crate::owner::Owner;

/// Where the transaction stands.
#[derive(Debug)]
pub(super) enum State {
    /// No response yet: a 100 goes out by itself after 200 ms.
    Fresh {
        request: Message,
        trying_at: Instant,
    },
    /// A provisional response was sent and answers repetitions.
    Proceeding { last: Bytes },
    /// Refused: repeats itself until the ACK (Timer G) or Timer H.
    Completed {
        response: Bytes,
        repeat: Option<Repeat>,
        timer_h: Instant,
    },
    /// The ACK came: absorbs more of them until Timer I.
    Confirmed { timer_i: Instant },
    /// A 2xx was sent; its repetition is the usage's work. Absorbs INVITEs until Timer L.
    Accepted { timer_l: Instant },
    /// Over.
    Terminated,
}

/// What every input needs to know of the transaction.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) key: ServerKey,
    pub(super) owner: Owner,
    pub(super) flow: Flow,
}

impl State {
    pub(super) fn begin(request: Message, now: Instant) -> Self {
        Self::Fresh {
            request,
            trying_at: now + TRYING_AFTER,
        }
    }

    /// When to wake.
    pub(super) fn wake(&self) -> Option<Instant> {
        match self {
            Self::Fresh { trying_at, .. } => Some(*trying_at),
            Self::Completed {
                repeat, timer_h, ..
            } => Some(first(repeat.as_ref(), *timer_h)),
            Self::Confirmed { timer_i: at } | Self::Accepted { timer_l: at } => Some(*at),
            Self::Proceeding { .. } | Self::Terminated => None,
        }
    }

    /// Whether a CANCEL can still have an effect.
    pub(super) fn is_unanswered(&self) -> bool {
        matches!(self, Self::Fresh { .. } | Self::Proceeding { .. })
    }

    /// Whether the same request by another way would be served twice. One that was refused is
    /// not: who comes again without a new number is only told so again.
    pub(super) fn is_serving(&self) -> bool {
        self.is_unanswered() || matches!(self, Self::Accepted { .. })
    }

    /// The INVITE again.
    pub(super) fn repeated(&mut self, head: Head, out: &mut Outbox) {
        out.figures.absorbed += 1;
        match self {
            Self::Proceeding { last: response } | Self::Completed { response, .. } => {
                out.repeat(head.owner, head.flow, response);
            }
            Self::Fresh { .. }
            | Self::Confirmed { .. }
            | Self::Accepted { .. }
            | Self::Terminated => {}
        }
    }

    /// An ACK that matches; false when it is not for this transaction but for a 2xx.
    pub(super) fn ack(&mut self, head: Head, now: Instant) -> bool {
        match self {
            Self::Completed { .. } => {
                let wait = unless_reliable(head.flow.transport, T4);
                *self = if wait.is_zero() {
                    Self::Terminated
                } else {
                    Self::Confirmed {
                        timer_i: now + wait,
                    }
                };
                true
            }
            Self::Confirmed { .. } | Self::Terminated => true,
            Self::Fresh { .. } | Self::Proceeding { .. } | Self::Accepted { .. } => false,
        }
    }

    /// Sends a response of the owner; one that comes too late is dropped.
    pub(super) fn respond(
        &mut self,
        head: Head,
        status: u16,
        response: Bytes,
        now: Instant,
        out: &mut Outbox,
    ) {
        match self {
            Self::Fresh { .. } | Self::Proceeding { .. } => {
                out.send(head.owner, head.flow, response.clone());
                *self = match status {
                    0..=199 => Self::Proceeding { last: response },
                    200..=299 => Self::Accepted {
                        timer_l: now + TRANSACTION_LIFE,
                    },
                    _ => Self::Completed {
                        response: exact(&response),
                        repeat: Repeat::on(head.flow.transport, now, T2),
                        timer_h: now + TRANSACTION_LIFE,
                    },
                };
            }
            Self::Accepted { .. } if (200..=299).contains(&status) => {
                out.repeat(head.owner, head.flow, &response);
            }
            Self::Completed { .. }
            | Self::Confirmed { .. }
            | Self::Accepted { .. }
            | Self::Terminated => {}
        }
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, head: Head, now: Instant, out: &mut Outbox) {
        match self {
            Self::Fresh { request, trying_at } => {
                if *trying_at <= now {
                    let trying = via::trying(request, head.flow);
                    out.send(head.owner, head.flow, trying.clone());
                    *self = Self::Proceeding { last: trying };
                }
            }
            Self::Completed {
                response,
                repeat,
                timer_h,
            } => {
                if *timer_h <= now {
                    *self = Self::Terminated;
                    out.figures.unacknowledged += 1;
                    out.tell(Event::ServerTimedOut {
                        key: head.key,
                        owner: head.owner,
                    });
                } else if repeat.as_mut().is_some_and(|repeat| repeat.due(now)) {
                    out.repeat(head.owner, head.flow, response);
                }
            }
            Self::Confirmed { timer_i: end } | Self::Accepted { timer_l: end } => {
                if *end <= now {
                    *self = Self::Terminated;
                }
            }
            Self::Proceeding { .. } | Self::Terminated => {}
        }
    }
}
