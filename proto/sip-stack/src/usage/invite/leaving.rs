//! Leaving: our side has hung up, but our 2xx is not acknowledged yet; the BYE must wait
//! (RFC 3261 §15).

use machine::Deadline;

use super::State;
use crate::usage::event::Ending;
use crate::usage::peer::{Fate, Peer};
use crate::usage::request::{Asks, Request};
use crate::usage::step::{Cx, Timer};

/// A call answered and hung up before the ACK.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) peer: Peer,
    reason: Option<String>,
}

impl Leaving {
    /// `peer` waits for the ACK of our 2xx.
    pub(super) fn new(mut peer: Peer, reason: Option<&str>) -> Self {
        peer.waiting = None;
        peer.session = None;
        let reason = reason.map(str::to_owned);
        Self { peer, reason }
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
                return self.leave(cx);
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
    pub(super) fn take_ack(
        mut self: Box<Self>,
        ack: &sip_message::Message,
        cx: &mut Cx<'_, '_>,
    ) -> State {
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

    fn leave(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        self.peer.bye(self.reason.as_deref(), cx);
        State::over(cx)
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
