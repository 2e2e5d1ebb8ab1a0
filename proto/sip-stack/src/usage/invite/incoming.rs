//! Callee: from the INVITE to its final response (RFC 3261 §13.3, RFC 3262 §3).

use std::time::Duration;

use bytes::Bytes;
use machine::{Deadline, Instant, earliest};
use sip_message::{Builder, Limits, Message, Name};

use super::State;
use super::live::Live;
use crate::dialog::Dialog;
use crate::transaction::{ClientKey, ServerKey};
use crate::usage::business::{Business, Unacknowledged};
use crate::usage::event::{Ending, Event};
use crate::usage::headers::{SUPPORTED, push_identity, push_sdp, unsupported};
use crate::usage::offer::{Turn, sdp_of};
use crate::usage::peer::{Peer, Stage};
use crate::usage::peer::{refuses_body, terms_of};
use crate::usage::reliable::{Due, Provisionals};
use crate::usage::request::{Asks, Request};
use crate::usage::session_timer::{SessionTimer, Terms};
use crate::usage::step::{Cx, Timer};

/// A provisional response is sent anew so often (RFC 3261 §13.3.1.1).
const RENEWAL: Duration = Duration::from_secs(60);

/// What the caller thinks of reliable provisional responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reliability {
    Unknown,
    Supported,
    Required,
}

/// A provisional response sent last, to be renewed.
#[derive(Debug)]
struct Last {
    status: u16,
    reliable: bool,
    renew_at: Instant,
}

/// An INVITE that we have not answered yet.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) key: ServerKey,
    pub(super) invite: Message,
    pub(super) peer: Peer,
    number: u32,
    terms: Option<Terms>,
    reliability: Reliability,
    provisionals: Provisionals,
    last: Option<Last>,
    /// The description an unreliable provisional response carried.
    announced: Option<Bytes>,
    /// A 2xx that waits until what is open has been acknowledged or answered.
    answer: Option<Option<Bytes>>,
}

impl Called {
    /// Takes an INVITE, or answers it and tells with what.
    pub(super) fn take_in(request: Request, cx: &mut Cx<'_, '_>) -> Result<Box<Self>, u16> {
        let Request { key, flow, message } = request;
        cx.step.transactions.adopt(key, cx.owner);
        let tag = cx.step.transactions.server_tag(key);
        let dialog = match Dialog::as_callee(&message, tag, flow) {
            Ok(dialog) => dialog,
            Err(problem) => {
                cx.answer(key, &message, problem.status);
                return Err(problem.status);
            }
        };
        if let Some(unknown) = unsupported(&message, cx.config) {
            let mut builder = cx.response(key, &message, 420);
            builder.text(Name::Unsupported, &unknown);
            cx.respond(key, 420, builder.finish());
            return Err(420);
        }
        if refuses_body(key, &message, cx) {
            return Err(415);
        }
        let terms = terms_of(key, &message, cx).map_err(|_| 422_u16)?;
        let mut peer = Peer::early(dialog);
        peer.abilities.learn(&message);
        if sdp_of(&message).is_some() {
            peer.exchange.offered();
        }
        let first = 1 + cx.step.transactions.random_below(1 << 16);
        Ok(Box::new(Self {
            key,
            number: message.cseq().map_or(0, |cseq| cseq.number),
            reliability: reliability_of(&message),
            invite: message,
            peer,
            terms,
            provisionals: Provisionals::new(u32::try_from(first).unwrap_or(1)),
            last: None,
            announced: None,
            answer: None,
        }))
    }

    /// Sends a provisional response; false when it does not fit.
    pub(super) fn ring(
        &mut self,
        status: u16,
        sdp: Option<Bytes>,
        reliable: bool,
        cx: &mut Cx<'_, '_>,
    ) -> bool {
        if self.answer.is_some() || !(101..=199).contains(&status) {
            return false;
        }
        let reliable = match self.reliability {
            Reliability::Required => true,
            Reliability::Supported => reliable,
            Reliability::Unknown => false,
        };
        if reliable && !self.provisionals.is_idle() {
            return self.provisionals.wait(status, sdp);
        }
        self.send_provisional(status, sdp, reliable, cx);
        true
    }

    fn send_provisional(
        &mut self,
        status: u16,
        sdp: Option<Bytes>,
        reliable: bool,
        cx: &mut Cx<'_, '_>,
    ) {
        let mut builder = self.response(status, cx);
        if reliable {
            builder.text(Name::Require, "100rel");
            builder.header(Name::RSeq, self.provisionals.rseq());
        }
        push_sdp(&mut builder, sdp.as_ref());
        let bytes = builder.finish();
        cx.respond(self.key, status, bytes.clone());
        self.last = Some(Last {
            status,
            reliable,
            renew_at: cx.now() + RENEWAL,
        });
        if !reliable {
            self.announced = sdp.or(self.announced.take());
            return;
        }
        self.provisionals
            .sent(status, bytes, sdp.is_some(), cx.now());
        match (self.peer.exchange.turn(), sdp) {
            (Turn::OfferedByPeer, Some(sdp)) => self.peer.exchange.answer(sdp),
            (Turn::Unused, Some(sdp)) => self.peer.exchange.offer(sdp),
            (Turn::OfferedByUs | Turn::Settled, Some(_)) | (_, None) => {}
        }
    }

    fn response(&self, status: u16, cx: &Cx<'_, '_>) -> Builder {
        let mut builder = cx.response(self.key, &self.invite, status);
        builder.copy(&self.invite, Name::RecordRoute);
        push_identity(&mut builder, cx.config, SUPPORTED);
        builder
    }

    /// Answers with 200, now or when what is open allows it.
    pub(super) fn answer(
        mut self: Box<Self>,
        sdp: Option<Bytes>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<State, State> {
        // what was said reliably is not said again
        let exchange = &self.peer.exchange;
        let reliably = exchange.is_agreed()
            || exchange.turn() == Turn::OfferedByUs
            || self.provisionals.holds_answer();
        let described = reliably || sdp.is_some() || self.announced.is_some();
        if self.answer.is_some() || !described {
            return Err(State::Incoming(self));
        }
        self.answer = Some(sdp);
        Ok(self.go_on(cx))
    }

    /// Sends what has waited: the next reliable provisional response, or the 2xx.
    fn go_on(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        if self.provisionals.is_idle()
            && let Some((status, sdp)) = self.provisionals.pop_waiting()
        {
            self.send_provisional(status, sdp, true, cx);
        }
        let held = self.provisionals.holds_answer() || !self.peer.business.is_idle();
        match self.answer.take_if(|_| !held) {
            Some(sdp) => self.send_answer(sdp, cx),
            None => {
                self.peer.proceed(cx);
                State::Incoming(self)
            }
        }
    }

    fn send_answer(mut self: Box<Self>, sdp: Option<Bytes>, cx: &mut Cx<'_, '_>) -> State {
        let sdp = sdp.or(self.announced.take());
        let exchange = &mut self.peer.exchange;
        let (said, offered) = match (exchange.turn(), sdp) {
            (Turn::OfferedByPeer, Some(sdp)) => {
                exchange.answer(sdp.clone());
                (Some(sdp), false)
            }
            (Turn::Unused, Some(sdp)) => {
                exchange.offer(sdp.clone());
                (Some(sdp), true)
            }
            (Turn::Settled | Turn::OfferedByUs, _) | (_, None) => (None, false),
        };
        let mut builder = self.response(200, cx);
        if let Some(terms) = self.terms {
            terms.push_response(&mut builder);
        }
        push_sdp(&mut builder, said.as_ref());
        let bytes = builder.finish();
        cx.respond(self.key, 200, bytes.clone());
        let mut answer = Unacknowledged::new(self.key, self.number, bytes, cx.now());
        answer.offered = offered;
        answer.first = true;
        let unpracked = self.provisionals.outstanding();
        let mut peer = self.peer;
        peer.stage = Stage::Confirmed;
        peer.described = None;
        peer.business = Business::Unacknowledged(Box::new(answer));
        peer.session = self.terms.map(|terms| SessionTimer::begin(terms, cx.now()));
        State::Live(Box::new(Live::of_callee(peer, unpracked)))
    }

    /// Refuses the call.
    pub(super) fn refuse(
        mut self: Box<Self>,
        status: u16,
        phrase: Option<&str>,
        headers: &[(Name<'_>, String)],
        cx: &mut Cx<'_, '_>,
    ) -> State {
        self.peer.close(cx);
        let status = status.clamp(300, 699);
        let mut builder = cx.response(self.key, &self.invite, status);
        if let Some(phrase) = phrase {
            builder = rephrased(builder, status, phrase);
        }
        for (name, value) in headers {
            builder.text(*name, value);
        }
        cx.respond(self.key, status, builder.finish());
        State::over(cx)
    }

    /// The caller gave up.
    fn cancelled(mut self: Box<Self>, reason: Option<&str>, cx: &mut Cx<'_, '_>) -> State {
        self.peer.close(cx);
        cx.answer(self.key, &self.invite, 487);
        cx.tell(Event::Cancelled {
            reason: reason.map(str::to_owned),
        });
        State::over(cx)
    }

    /// A CANCEL of the INVITE.
    pub(super) fn take_cancel(
        self: Box<Self>,
        invite: ServerKey,
        cancel: &Message,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        if invite != self.key {
            return State::Incoming(self);
        }
        self.cancelled(cancel.header(Name::Reason), cx)
    }

    /// A request inside the early dialog.
    pub(super) fn take(mut self: Box<Self>, request: Request, cx: &mut Cx<'_, '_>) -> State {
        if !self.peer.admits(&request, cx) {
            return State::Incoming(self);
        }
        let Request { key, message, .. } = &request;
        match request.asks() {
            Asks::Prack => self.acknowledged(request, cx),
            Asks::Update => self.peer.updated(request, cx),
            Asks::Bye => {
                cx.answer(*key, message, 200);
                return self.cancelled(message.header(Name::Reason), cx);
            }
            Asks::Invite => cx.answer_overlap(*key, message),
            // transfers are for calls that have been answered
            Asks::Refer => cx.answer(*key, message, 403),
            Asks::Notify => cx.answer(*key, message, 481),
            asks @ (Asks::Options | Asks::Info | Asks::Other) => {
                self.peer.serve(&request, asks, cx);
            }
        }
        self.go_on(cx)
    }

    fn acknowledged(&mut self, prack: Request, cx: &mut Cx<'_, '_>) {
        let Request { key, message, .. } = &prack;
        if !self.provisionals.acknowledge(message, self.number) {
            return cx.answer(*key, message, 481);
        }
        let sdp = sdp_of(message);
        match (self.peer.exchange.turn(), sdp) {
            (Turn::OfferedByUs, sdp) if self.peer.business.is_idle() => {
                match &sdp {
                    Some(_) => self.peer.exchange.answered(),
                    None => self.peer.exchange.fall_back(),
                }
                cx.answer(*key, message, 200);
                cx.tell(Event::ReofferAnswered { sdp });
            }
            (Turn::Settled, Some(sdp)) if self.peer.business.is_idle() => {
                self.peer.offered_by_prack(prack, sdp, cx);
            }
            (Turn::Unused | Turn::OfferedByUs | Turn::OfferedByPeer | Turn::Settled, _) => {
                cx.answer(*key, message, 200);
            }
        }
    }

    /// A response to a request of ours inside the early dialog, or none.
    pub(super) fn heard(
        mut self: Box<Self>,
        key: ClientKey,
        response: Result<&Message, bool>,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        if self.peer.asked_by(key) {
            // the INVITE alone decides whether the call lives
            let _fate = match response {
                Ok(response) => self.peer.responded(response, cx),
                Err(sent_at_all) => self.peer.unanswered(sent_at_all, cx),
            };
        }
        self.go_on(cx)
    }

    /// Answers an offer of the peer; false when none waits.
    pub(super) fn answer_offer(
        mut self: Box<Self>,
        sdp: Bytes,
        cx: &mut Cx<'_, '_>,
    ) -> Result<State, State> {
        if self.peer.answer_offer(sdp, cx) {
            Ok(self.go_on(cx))
        } else {
            Err(State::Incoming(self))
        }
    }

    /// Refuses an offer of the peer; false when none waits.
    pub(super) fn refuse_offer(
        mut self: Box<Self>,
        status: u16,
        headers: &[(Name<'_>, String)],
        cx: &mut Cx<'_, '_>,
    ) -> Result<State, State> {
        if self.peer.refuse_offer(status, headers, cx) {
            Ok(self.go_on(cx))
        } else {
            Err(State::Incoming(self))
        }
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        let renewal = self.last.as_ref().filter(|_| self.answer.is_none());
        let renewal = renewal.map(|last| Deadline::new(last.renew_at, Timer::RenewProvisional));
        earliest(
            earliest(self.provisionals.deadline(), renewal),
            self.peer.deadline(),
        )
    }

    /// Does what is due.
    pub(super) fn expire(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        match self.provisionals.expire(cx.now()) {
            Due::Nothing => {}
            Due::Repeat(status, bytes) => cx.respond(self.key, status, bytes),
            Due::GiveUp => {
                self.peer.close(cx);
                cx.answer(self.key, &self.invite, 504);
                return State::ended(Ending::NoPrack, None, cx);
            }
        }
        let _fate = self.peer.expire(cx);
        let renew =
            |last: &Last| (last.renew_at <= cx.now()).then_some((last.status, last.reliable));
        if let Some((status, reliable)) = self.last.as_ref().and_then(renew) {
            if !reliable {
                self.send_provisional(status, None, false, cx);
            } else if self.provisionals.is_idle() {
                self.send_provisional(status, None, true, cx);
            } else if let Some(last) = &mut self.last {
                last.renew_at = cx.now() + RENEWAL;
            }
        }
        self.go_on(cx)
    }
}

fn reliability_of(invite: &Message) -> Reliability {
    let is_100rel = |tag: &str| tag.eq_ignore_ascii_case("100rel");
    if invite.require().any(is_100rel) {
        Reliability::Required
    } else if invite.supports("100rel") {
        Reliability::Supported
    } else {
        Reliability::Unknown
    }
}

/// The same response with a phrase of our own.
fn rephrased(mut builder: Builder, status: u16, phrase: &str) -> Builder {
    match Message::parse(builder.finish(), &Limits::DEFAULT) {
        Ok(plain) => {
            let mut builder = Builder::response(status, Some(phrase));
            builder.copy_except(&plain, &[]);
            builder
        }
        Err(_) => Builder::response(status, Some(phrase)),
    }
}
