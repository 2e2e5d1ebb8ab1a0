//! Leaving: our side has hung up, and the BYE is not yet said for good. While our 2xx is not
//! acknowledged it must wait (RFC 3261 §15); and a peer that asks who we are may refuse it once,
//! for a nonce is often older than a call is short.

use machine::Deadline;
use sip_message::{Flow, Message};

use super::State;
use crate::transaction::ClientKey;
use crate::usage::dismiss::dismiss_within;
use crate::usage::event::Ending;
use crate::usage::peer::{Fate, Peer};
use crate::usage::request::{Asks, Request};
use crate::usage::step::{Cx, Timer};

/// A call hung up: before the ACK of our 2xx, or with a BYE whose answer is waited for.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) peer: Peer,
    reason: Option<String>,
    /// The BYE, and how many challenges it has answered.
    bye: Option<(ClientKey, u8)>,
}

impl Leaving {
    /// Nothing of `peer` is to be said any more but good-bye.
    pub(super) fn new(mut peer: Peer, reason: Option<&str>) -> Self {
        peer.waiting = None;
        peer.session = None;
        let reason = reason.map(str::to_owned);
        Self {
            peer,
            reason,
            bye: None,
        }
    }

    /// A request inside the dialog.
    pub(super) fn take(mut self: Box<Self>, request: Request, cx: &mut Cx<'_, '_>) -> State {
        if !self.peer.admits(&request, cx) {
            return State::Leaving(self);
        }
        let Request { key, message, .. } = &request;
        match request.asks() {
            Asks::Bye => {
                cx.answer(*key, message, 200);
                return State::over(cx);
            }
            // whoever sends a new INVITE has got our 2xx
            Asks::Invite => {
                cx.answer(*key, message, 487);
                return if self.bye.is_none() {
                    self.leave(cx)
                } else {
                    State::Leaving(self)
                };
            }
            Asks::Prack => cx.answer(*key, message, 200),
            Asks::Update
            | Asks::Options
            | Asks::Info
            | Asks::Refer
            | Asks::Notify
            | Asks::Other => cx.answer_overlap(*key, message),
        }
        State::Leaving(self)
    }

    /// An ACK.
    pub(super) fn take_ack(mut self: Box<Self>, ack: &Message, cx: &mut Cx<'_, '_>) -> State {
        let told = cx.step.events.len();
        let acknowledged = self.peer.acknowledged(ack, cx);
        // our side has hung up: what the ACK says is of no interest any more
        cx.step.events.truncate(told);
        if acknowledged {
            self.leave(cx)
        } else {
            State::Leaving(self)
        }
    }

    /// Sends the BYE. Its answer matters only to a peer that may ask who we are.
    pub(super) fn leave(mut self, cx: &mut Cx<'_, '_>) -> State {
        let answered = self.bye.map_or(0, |(_, answered)| answered + 1);
        let key = self.peer.bye(self.reason.as_deref(), cx);
        if self.peer.login.is_none() {
            return State::over(cx);
        }
        self.bye = Some((key, answered));
        State::Leaving(Box::new(self))
    }

    /// A response; only that to the BYE is of interest.
    pub(super) fn heard(
        mut self: Box<Self>,
        key: ClientKey,
        flow: Flow,
        response: &Message,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        let Some((_, answered)) = self.bye.filter(|(bye, _)| *bye == key) else {
            dismiss_within(key, flow, response, None, cx);
            return State::Leaving(self);
        };
        if response.status().is_some_and(|status| status < 200) {
            return State::Leaving(self);
        }
        if self.peer.is_asked(response, answered) {
            return self.leave(cx);
        }
        State::over(cx)
    }

    /// No response will come.
    pub(super) fn unanswered(self: Box<Self>, key: ClientKey, cx: &mut Cx<'_, '_>) -> State {
        if self.bye.is_some_and(|(bye, _)| bye == key) {
            return State::over(cx);
        }
        State::Leaving(self)
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        self.peer.deadline()
    }

    /// Does what is due.
    pub(super) fn expire(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        match self.peer.expire(cx) {
            Fate::Ends(Ending::NoAck) => self.leave(cx),
            Fate::Ends(_) | Fate::GoesOn => State::Leaving(self),
        }
    }
}
