//! Business: the one thing between the two sides of a dialog that others must wait for.

use bytes::Bytes;
use machine::{Deadline, Instant};
use sip_message::{Flow, Message};

use super::parts::Part;
use super::request::Asks;
use super::session_timer::Terms;
use super::step::Timer;
use crate::Branch;
use crate::transaction::{ClientKey, Repeat, ServerKey, T2, TRANSACTION_LIFE};

/// What is under way (RFC 3261 §14: one INVITE at a time; RFC 3264 §4: one offer at a time).
#[derive(Debug)]
pub(super) enum Business {
    /// Nothing.
    Idle,
    /// Our re-INVITE or UPDATE awaits its final response.
    Ours(Box<Ours>),
    /// The peer's 2xx brought an offer: our answer goes into its ACK.
    Confirming {
        key: ClientKey,
        number: u32,
        give_up: Instant,
    },
    /// A request of the peer awaits the answer (or offer) of our own side.
    Theirs(Box<Theirs>),
    /// Our 2xx awaits its ACK.
    Unacknowledged(Box<Unacknowledged>),
}

/// A request of ours in a client transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) key: ClientKey,
    pub(super) branch: Branch,
    pub(super) number: u32,
    pub(super) flow: Flow,
}

/// What our request is for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// A new offer, and what goes beside it.
    Offer(Bytes, Option<Box<Part>>),
    /// An offer of the peer.
    Ask,
    /// Another span of the session (RFC 4028).
    Refresh,
}

/// What our request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    Invite,
    Update,
}

/// A re-INVITE or UPDATE of ours.
#[derive(Debug)]
pub(super) struct Ours {
    pub(super) sent: Sent,
    pub(super) means: Means,
    pub(super) purpose: Purpose,
    /// How often it was tried before.
    pub(super) attempts: u8,
    pub(super) limit: Limit,
}

/// How long a re-INVITE of ours may take.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    /// An UPDATE: its transaction ends by itself.
    Transaction,
    /// Then it is cancelled.
    Cancel(Instant),
    /// It was cancelled; then the peer is taken to be gone.
    GiveUp(Instant),
}

/// A request of the peer with an offer, or one that asks for an offer.
#[derive(Debug)]
pub(super) struct Theirs {
    pub(super) key: ServerKey,
    pub(super) message: Message,
    pub(super) asks: Asks,
    /// What its 2xx says of the session.
    pub(super) terms: Option<Terms>,
    /// Whether our side shall offer.
    pub(super) wants_offer: bool,
    /// When our side has taken too long.
    pub(super) patience: Instant,
}

/// A 2xx of ours, repeated until its ACK comes (RFC 3261 §13.3.1.4).
#[derive(Debug)]
pub(super) struct Unacknowledged {
    pub(super) key: ServerKey,
    pub(super) number: u32,
    pub(super) response: Bytes,
    /// The ACK brings the answer.
    pub(super) offered: bool,
    /// It answered the first INVITE.
    pub(super) first: bool,
    repeat: Repeat,
    give_up: Instant,
}

impl Unacknowledged {
    pub(super) fn new(key: ServerKey, number: u32, response: Bytes, now: Instant) -> Self {
        Self {
            key,
            number,
            response,
            offered: false,
            first: false,
            repeat: Repeat::from_t1(now, T2),
            give_up: now + TRANSACTION_LIFE,
        }
    }

    /// Whether it is to be sent again; the next gap has begun then.
    pub(super) fn repeat_due(&mut self, now: Instant) -> bool {
        self.repeat.due(now)
    }

    pub(super) fn is_given_up(&self, now: Instant) -> bool {
        self.give_up <= now
    }

    pub(super) fn deadline(&self) -> Deadline<Timer> {
        if self.give_up <= self.repeat.at() {
            Deadline::new(self.give_up, Timer::AwaitAck)
        } else {
            Deadline::new(self.repeat.at(), Timer::RepeatAnswer)
        }
    }
}

impl Business {
    pub(super) const fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        match self {
            Self::Idle => None,
            Self::Ours(ours) => match ours.limit {
                Limit::Transaction => None,
                Limit::Cancel(at) | Limit::GiveUp(at) => {
                    Some(Deadline::new(at, Timer::AwaitReoffer))
                }
            },
            Self::Confirming { give_up, .. } => Some(Deadline::new(*give_up, Timer::OfferPatience)),
            Self::Theirs(theirs) => Some(Deadline::new(theirs.patience, Timer::OfferPatience)),
            Self::Unacknowledged(answer) => Some(answer.deadline()),
        }
    }
}
