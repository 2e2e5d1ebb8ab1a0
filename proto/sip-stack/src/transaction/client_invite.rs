//! INVITE client transaction: RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2.

use bytes::Bytes;
use machine::Instant;
use sip_message::{Flow, Message};

use super::event::{ClientKey, Event};
use super::outbox::{Outbox, exact};
use super::timers::{Repeat, T1, TIMER_D, TRANSACTION_LIFE, first, unless_reliable};
use super::via;
use crate::owner::Owner;

/// The ACK given to one 2xx, known by the To tag it acknowledges.
#[derive(Debug)]
pub(super) struct Acknowledged {
    pub(super) tag: Box<str>,
    pub(super) flow: Flow,
    pub(super) ack: Bytes,
}

/// Where the transaction stands.
#[derive(Debug)]
pub(super) enum State {
    /// Sent, nothing heard: Timers A and B run.
    Calling {
        request: Bytes,
        repeat: Option<Repeat>,
        timer_b: Instant,
    },
    /// A provisional response came. When nobody waits for more, it ends by itself.
    Proceeding {
        request: Bytes,
        end: Option<Instant>,
    },
    /// Refused and acknowledged: repeats the ACK until Timer D.
    Completed { ack: Bytes, timer_d: Instant },
    /// A 2xx came: more may follow until Timer M.
    Accepted {
        acknowledged: Vec<Acknowledged>,
        timer_m: Instant,
    },
    /// Over.
    Terminated,
}

/// What every input needs to know of the transaction.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) key: ClientKey,
    pub(super) owner: Owner,
    pub(super) flow: Flow,
}

impl State {
    /// Sends the INVITE.
    pub(super) fn begin(
        (owner, flow): (Owner, Flow),
        request: Bytes,
        now: Instant,
        out: &mut Outbox,
    ) -> Self {
        out.send(owner, flow, request.clone());
        Self::Calling {
            request,
            // Timer A doubles without a ceiling of its own: Timer B ends it
            repeat: Repeat::on(flow.transport, now, T1 * 64),
            timer_b: now + TRANSACTION_LIFE,
        }
    }

    /// When to wake.
    pub(super) fn wake(&self) -> Option<Instant> {
        match self {
            Self::Calling {
                repeat, timer_b, ..
            } => Some(first(repeat.as_ref(), *timer_b)),
            Self::Completed { timer_d: at, .. } | Self::Accepted { timer_m: at, .. } => Some(*at),
            Self::Proceeding { end, .. } => *end,
            Self::Terminated => None,
        }
    }

    /// The INVITE, while nothing was heard of it.
    pub(super) fn unheard(&self) -> Option<&Bytes> {
        match self {
            Self::Calling { request, .. } => Some(request),
            Self::Proceeding { .. }
            | Self::Completed { .. }
            | Self::Accepted { .. }
            | Self::Terminated => None,
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
        match message.status().unwrap_or(0) {
            100..=199 => self.provisional(head, from, message, out),
            200..=299 => self.success(head, from, message, now, out),
            _ => self.refusal(head, from, message, now, out),
        }
    }

    fn provisional(&mut self, head: Head, from: Flow, message: Message, out: &mut Outbox) {
        match self {
            Self::Calling { request, .. } => {
                *self = Self::Proceeding {
                    request: exact(request),
                    end: None,
                };
                out.tell(told(head, from, message));
            }
            Self::Proceeding { .. } => out.tell(told(head, from, message)),
            Self::Completed { .. } | Self::Accepted { .. } | Self::Terminated => {
                out.figures.absorbed += 1;
            }
        }
    }

    fn success(
        &mut self,
        head: Head,
        from: Flow,
        message: Message,
        now: Instant,
        out: &mut Outbox,
    ) {
        match self {
            Self::Calling { .. } | Self::Proceeding { .. } => {
                let timer_m = now + TRANSACTION_LIFE;
                *self = Self::Accepted {
                    acknowledged: Vec::new(),
                    timer_m,
                };
                out.tell(told(head, from, message));
            }
            Self::Accepted { acknowledged, .. } => {
                let tag = message
                    .to()
                    .ok()
                    .and_then(|to| to.tag().map(Box::<str>::from));
                let known = tag.and_then(|tag| acknowledged.iter().find(|one| one.tag == tag));
                if let Some(known) = known {
                    out.figures.absorbed += 1;
                    out.repeat(head.owner, known.flow, &known.ack);
                } else {
                    out.tell(told(head, from, message));
                }
            }
            Self::Completed { .. } | Self::Terminated => out.figures.absorbed += 1,
        }
    }

    fn refusal(
        &mut self,
        head: Head,
        from: Flow,
        message: Message,
        now: Instant,
        out: &mut Outbox,
    ) {
        match self {
            Self::Calling { request, .. } | Self::Proceeding { request, .. } => {
                let timer_d = now + unless_reliable(head.flow.transport, TIMER_D);
                let ack = via::ack_of_refusal(request, &message).unwrap_or_default();
                if !ack.is_empty() {
                    out.send(head.owner, head.flow, ack.clone());
                }
                *self = Self::Completed {
                    ack: exact(&ack),
                    timer_d,
                };
                if timer_d <= now {
                    *self = Self::Terminated;
                }
                out.tell(told(head, from, message));
            }
            Self::Completed { ack, .. } => {
                out.figures.absorbed += 1;
                if !ack.is_empty() {
                    out.repeat(head.owner, head.flow, ack);
                }
            }
            Self::Accepted { .. } | Self::Terminated => out.figures.absorbed += 1,
        }
    }

    /// Keeps the ACK of a 2xx, to repeat it when the 2xx is repeated.
    pub(super) fn acknowledge(&mut self, given: Acknowledged, bound: usize) {
        match self {
            Self::Accepted { acknowledged, .. } => {
                if acknowledged.len() < bound {
                    // forks are rare: room for one, not for the four that push would make
                    acknowledged.reserve_exact(1);
                    acknowledged.push(Acknowledged {
                        ack: exact(&given.ack),
                        ..given
                    });
                }
            }
            Self::Calling { .. }
            | Self::Proceeding { .. }
            | Self::Completed { .. }
            | Self::Terminated => {}
        }
    }

    /// Nobody waits for the response any more, and the INVITE is not repeated; a response that
    /// comes in time is still acknowledged.
    pub(super) fn forsake(&mut self, now: Instant) {
        if let Self::Calling { request, .. } | Self::Proceeding { request, .. } = self {
            *self = Self::Proceeding {
                request: exact(request),
                end: Some(now + TRANSACTION_LIFE),
            };
        }
    }

    /// The transport failed: told once, while an answer was still awaited.
    pub(super) fn transport_failed(&mut self, head: Head, out: &mut Outbox) {
        match self {
            Self::Calling { .. } | Self::Proceeding { .. } => {
                *self = Self::Terminated;
                out.figures.transport_failed += 1;
                out.tell(Event::ClientTransportFailed {
                    key: head.key,
                    owner: head.owner,
                });
            }
            Self::Completed { .. } | Self::Accepted { .. } | Self::Terminated => {}
        }
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, head: Head, now: Instant, out: &mut Outbox) {
        match self {
            Self::Calling {
                request,
                repeat,
                timer_b,
            } => {
                if *timer_b <= now {
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
            Self::Completed { timer_d: end, .. }
            | Self::Accepted { timer_m: end, .. }
            | Self::Proceeding { end: Some(end), .. } => {
                if *end <= now {
                    *self = Self::Terminated;
                }
            }
            Self::Proceeding { end: None, .. } | Self::Terminated => {}
        }
    }
}

fn told(head: Head, flow: Flow, message: Message) -> Event {
    Event::Response {
        key: head.key,
        owner: head.owner,
        flow,
        message,
    }
}
