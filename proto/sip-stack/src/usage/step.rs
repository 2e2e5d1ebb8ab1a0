//! What orders and inputs are given, and the names of phases and timers.

use std::fmt;

use bytes::Bytes;
use machine::Instant;
use sip_message::{Builder, Flow, Message, Name};

use super::config::Config;
use super::event::Event;
use crate::transaction::{Owner, ServerKey, Transactions};

/// What every order and input needs: the time, the transactions, and where events go.
pub struct Step<'a> {
    /// Now.
    pub now: Instant,
    /// The transactions of the shard.
    pub transactions: &'a mut Transactions,
    /// Events are appended here in order.
    pub events: &'a mut Vec<Event>,
}

/// An order that does not fit the state the usage is in; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untimely {
    /// The order.
    pub order: &'static str,
    /// The phase it came in.
    pub phase: Phase,
}

impl fmt::Display for Untimely {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not fit the phase {:?}", self.order, self.phase)
    }
}

impl std::error::Error for Untimely {}

/// Where a usage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Callee: not answered yet.
    Incoming,
    /// Caller: not answered yet.
    Outgoing,
    /// Answered.
    Live,
    /// Nothing more will come.
    Over,
}

/// What is due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// The 2xx again (RFC 3261 §13.3.1.4).
    RepeatAnswer,
    /// No ACK for 64 × T1.
    AwaitAck,
    /// The reliable provisional again (RFC 3262 §3).
    RepeatProvisional,
    /// No PRACK for 64 × T1.
    AwaitPrack,
    /// The provisional anew each minute (RFC 3261 §13.3.1.1).
    RenewProvisional,
    /// Nothing was heard of our INVITE, not even 100.
    AwaitAnything,
    /// No final response 64 × T1 after our CANCEL.
    AwaitCancelled,
    /// After 491: try again (RFC 3261 §14.1).
    Glare,
    /// A re-INVITE of ours takes too long.
    AwaitReoffer,
    /// Our side takes too long to answer an offer.
    OfferPatience,
    /// Refresh the session (RFC 4028 §10).
    Refresh,
    /// The session has expired.
    SessionExpiry,
}

/// A [`Step`] with what the usage itself knows.
pub(super) struct Cx<'c, 's> {
    pub(super) config: &'c Config,
    pub(super) owner: Owner,
    pub(super) step: &'c mut Step<'s>,
}

impl Cx<'_, '_> {
    pub(super) const fn now(&self) -> Instant {
        self.step.now
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.step.events.push(event);
    }

    /// A response begun, with Server.
    pub(super) fn response(&self, key: ServerKey, request: &Message, status: u16) -> Builder {
        let mut builder = self.step.transactions.response(key, request, status);
        if let Some(agent) = &self.config.agent {
            builder.text(Name::Server, agent);
        }
        builder
    }

    pub(super) fn respond(&mut self, key: ServerKey, status: u16, bytes: Bytes) {
        self.step
            .transactions
            .respond(key, bytes, status, self.step.now);
    }

    /// Answers with nothing but a status.
    pub(super) fn answer(&mut self, key: ServerKey, request: &Message, status: u16) {
        let bytes = self.response(key, request, status).finish();
        self.respond(key, status, bytes);
    }

    /// 500 with a random Retry-After of 0 to 10 s (RFC 3261 §14.2).
    pub(super) fn answer_overlap(&mut self, key: ServerKey, request: &Message) {
        let peer = request.from().map_or("", |from| from.uri_text);
        let number = request.cseq().map_or(0, |cseq| cseq.number);
        let of = (peer, number);
        let wait = self.step.transactions.drawn_below(of, 11);
        let mut builder = self.response(key, request, 500);
        builder.header(Name::RetryAfter, wait);
        self.respond(key, 500, builder.finish());
    }
}

/// A flow with the remote address replaced, where policy and the URI allow it.
pub(super) fn flow_towards(flow: Flow, uri: &str, config: &Config) -> Flow {
    if !config.follow_contact || flow.transport.is_reliable() {
        return flow;
    }
    crate::dialog::next_hop(uri).map_or(flow, |remote| Flow { remote, ..flow })
}
