//! A request inside a dialog, and what it asks.

use sip_message::{Flow, Message, Method};

use crate::transaction::ServerKey;

/// A request that awaits our response.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) key: ServerKey,
    pub(super) flow: Flow,
    pub(super) message: Message,
}

/// What a request asks, as far as a dialog knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    Invite,
    Update,
    Prack,
    Bye,
    Options,
    Info,
    Refer,
    Notify,
    /// Nothing that means something inside a dialog of ours.
    Other,
}

impl Request {
    pub(super) fn asks(&self) -> Asks {
        match self.message.method() {
            Some(Method::Invite) => Asks::Invite,
            Some(Method::Update) => Asks::Update,
            Some(Method::Prack) => Asks::Prack,
            Some(Method::Bye) => Asks::Bye,
            Some(Method::Options) => Asks::Options,
            Some(Method::Info) => Asks::Info,
            Some(Method::Refer) => Asks::Refer,
            Some(Method::Notify) => Asks::Notify,
            Some(
                Method::Ack
                | Method::Cancel
                | Method::Register
                | Method::Subscribe
                | Method::Message
                | Method::Publish
                | Method::Other(_),
            )
            | None => Asks::Other,
        }
    }

    /// The CSeq number; 0 when it cannot be read, which the transactions do not let pass.
    pub(super) fn number(&self) -> u32 {
        self.message.cseq().map_or(0, |cseq| cseq.number)
    }
}
