//! Peer: one dialog with what both sides agreed on and what is under way in it.

mod modify;
mod offered;

use bytes::Bytes;
use machine::{Deadline, earliest};
use sip_message::{Builder, Message, Method, Name};

use super::business::{Business, Sent};
use super::event::{Ending, Event};
use super::headers::{ALLOW, Abilities, SUPPORTED, push_agent, push_login, push_sdp, unsupported};
use super::offer::{Exchange, SDP};
use super::request::{Asks, Request};
use super::session_timer::SessionTimer;
use super::step::{Cx, Timer, flow_towards};
use crate::dialog::{Dialog, Origin};
use crate::digest::Login;
use crate::transaction::{ClientKey, Sending};
use modify::Waiting;

pub(super) use offered::{refuses_body, terms_of};

/// Whether the INVITE has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Early,
    Confirmed,
}

/// What becomes of a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Fate {
    GoesOn,
    Ends(Ending),
}

/// The other side of one dialog.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) dialog: Dialog,
    pub(super) stage: Stage,
    pub(super) exchange: Exchange,
    /// Before the answer: the peer's last description, for a 2xx that does not repeat it.
    pub(super) described: Option<Bytes>,
    pub(super) abilities: Abilities,
    pub(super) business: Business,
    /// What we shall do when nothing else is under way.
    pub(super) waiting: Option<Waiting>,
    pub(super) session: Option<SessionTimer>,
    /// Who we are to a peer that asks.
    pub(super) login: Option<Box<Login>>,
}

impl Peer {
    pub(super) fn early(dialog: Dialog) -> Self {
        Self {
            dialog,
            stage: Stage::Early,
            exchange: Exchange::new(),
            described: None,
            abilities: Abilities::default(),
            business: Business::Idle,
            waiting: None,
            session: None,
            login: None,
        }
    }

    /// Sends a request inside the dialog; `fill` adds what it says.
    pub(super) fn send(
        &mut self,
        method: Method<'_>,
        cx: &mut Cx<'_, '_>,
        fill: impl FnOnce(&mut Builder),
    ) -> Sent {
        let branch = cx.step.transactions.branch();
        let sent_by = cx.config.sent_by.as_deref();
        let (mut builder, number) = self.dialog.request(method, Origin { branch, sent_by });
        push_agent(&mut builder, cx.config);
        if let Some(login) = &mut self.login {
            push_login(&mut builder, login, (method, self.dialog.request_uri()), cx);
        }
        fill(&mut builder);
        let flow = flow_towards(self.dialog.flow(), self.dialog.next_hop(), cx.config);
        let sending = Sending {
            flow,
            branch,
            method,
            bytes: builder.finish(),
            owner: cx.owner,
        };
        let key = cx.step.transactions.request(sending, cx.step.now);
        Sent {
            key,
            branch,
            number,
            flow,
        }
    }

    /// Acknowledges a 2xx of the peer to our INVITE with this number.
    pub(super) fn ack(
        &self,
        key: ClientKey,
        number: u32,
        sdp: Option<&Bytes>,
        cx: &mut Cx<'_, '_>,
    ) {
        let branch = cx.step.transactions.branch();
        let sent_by = cx.config.sent_by.as_deref();
        let mut ack = self.dialog.ack(number, Origin { branch, sent_by });
        push_agent(&mut ack, cx.config);
        if let Some((name, value)) = self.login.as_ref().and_then(|login| login.shown()) {
            ack.text(name, value);
        }
        push_sdp(&mut ack, sdp);
        let flow = flow_towards(self.dialog.flow(), self.dialog.next_hop(), cx.config);
        let tag = self.dialog.remote_tag();
        cx.step
            .transactions
            .acknowledge(key, tag, flow, ack.finish());
    }

    /// Whether a refused request is worth sending again, as the peer asks who we are.
    /// `answered` says how often it did so before.
    pub(super) fn is_asked(&mut self, response: &Message, answered: u8) -> bool {
        let login = self.login.as_mut();
        login.is_some_and(|login| login.challenged(response, answered))
    }

    /// Ends the dialog from our side; whatever is open in it is closed first.
    pub(super) fn bye(&mut self, reason: Option<&str>, cx: &mut Cx<'_, '_>) -> ClientKey {
        self.close(cx);
        let bye = self.send(Method::Bye, cx, |bye| {
            if let Some(reason) = reason {
                bye.text(Name::Reason, reason);
            }
        });
        bye.key
    }

    /// Gives what is open its last word: an unanswered request 487 (RFC 3261 §15.1.2), an
    /// unacknowledged 2xx its ACK.
    pub(super) fn close(&mut self, cx: &mut Cx<'_, '_>) {
        self.waiting = None;
        match std::mem::replace(&mut self.business, Business::Idle) {
            Business::Theirs(theirs) => cx.answer(theirs.key, &theirs.message, 487),
            Business::Confirming { key, number, .. } => self.ack(key, number, None, cx),
            Business::Ours(ours) => cx.step.transactions.forsake(ours.sent.key, cx.step.now),
            Business::Idle | Business::Unacknowledged(_) => {}
        }
    }

    /// Whether a request may be looked at: from this peer, in order, and with nothing required
    /// that we do not know. Otherwise it has been answered.
    pub(super) fn admits(&mut self, request: &Request, cx: &mut Cx<'_, '_>) -> bool {
        let Request { key, flow, message } = request;
        if !self.dialog.is_from_peer(message) {
            cx.answer(*key, message, 481);
            return false;
        }
        if let Err(problem) = self.dialog.accept(message, *flow) {
            cx.answer(*key, message, problem.status);
            return false;
        }
        let Some(unknown) = unsupported(message, cx.config) else {
            return true;
        };
        let mut builder = cx.response(*key, message, 420);
        builder.text(Name::Unsupported, &unknown);
        cx.respond(*key, 420, builder.finish());
        false
    }

    /// Answers what needs no decision and means the same before and after the answer.
    pub(super) fn serve(&mut self, request: &Request, asks: Asks, cx: &mut Cx<'_, '_>) {
        let Request { key, message, .. } = request;
        match asks {
            Asks::Options => {
                let mut builder = cx.response(*key, message, 200);
                builder.text(Name::Allow, ALLOW);
                builder.text(Name::Supported, SUPPORTED);
                builder.text(Name::Accept, SDP);
                cx.respond(*key, 200, builder.finish());
            }
            Asks::Info => {
                cx.answer(*key, message, 200);
                cx.tell(Event::Info {
                    content_type: content_type(message),
                    body: Bytes::copy_from_slice(message.body()),
                    record: record(message),
                });
            }
            Asks::Invite
            | Asks::Update
            | Asks::Prack
            | Asks::Bye
            | Asks::Refer
            | Asks::Notify
            | Asks::Other => {
                let mut builder = cx.response(*key, message, 405);
                builder.text(Name::Allow, ALLOW);
                cx.respond(*key, 405, builder.finish());
            }
        }
    }

    /// Before the answer the peer's description is kept.
    pub(super) fn keep_description(&mut self, sdp: Option<Bytes>) {
        if self.stage == Stage::Early && sdp.is_some() {
            self.described = sdp;
        }
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        let waiting = self.waiting.as_ref().filter(|_| self.business.is_idle());
        let waiting = waiting.map(|waiting| Deadline::new(waiting.not_before, Timer::Glare));
        let session = self.session.as_ref().and_then(SessionTimer::deadline);
        earliest(earliest(self.business.deadline(), waiting), session)
    }
}

/// What an INFO says about recording.
fn record(message: &Message) -> Option<bool> {
    let said = message.header(Name::Other("Record"))?.trim();
    match () {
        () if said.eq_ignore_ascii_case("on") => Some(true),
        () if said.eq_ignore_ascii_case("off") => Some(false),
        () => None,
    }
}

fn content_type(message: &Message) -> String {
    message
        .header(Name::ContentType)
        .unwrap_or_default()
        .to_owned()
}
