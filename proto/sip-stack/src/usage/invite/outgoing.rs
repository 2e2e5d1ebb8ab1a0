//! Caller: from the INVITE to its final response (RFC 3261 §13.2, RFC 3262 §4).

mod hops;

pub use hops::Hop;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use machine::{Deadline, Instant, earliest};
use sip_message::{Builder, Flow, Message, Method, Name};

use super::State;
use super::live::Live;
use crate::Branch;
use crate::dialog::{Dialog, Origin, push_via};
use crate::digest::Login;
use crate::transaction::{ClientKey, Sending, TRANSACTION_LIFE, Transactions};
use crate::usage::business::{Business, Sent};
use crate::usage::config::{Config, MAX_INTERVAL_RETRIES, Reliability};
use crate::usage::dismiss::dismiss_within;
use crate::usage::event::Event;
use crate::usage::forks::Forks;
use crate::usage::headers::{
    SUPPORTED, SUPPORTED_PLAINLY, push_agent, push_described, push_identity, push_login,
    push_require,
};
use crate::usage::offer::{Turn, sdp_of};
use crate::usage::parts::Part;
use crate::usage::peer::Stage;
use crate::usage::request::{Asks, Request};
use crate::usage::session_timer::{self, SessionTimer};
use crate::usage::step::{Cx, Timer};
use hops::{FLOW_FAILED, Left};

/// An INVITE to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The Request-URI.
    pub request_uri: String,
    /// The From value without a tag.
    pub from: String,
    /// The To value.
    pub to: String,
    /// The Call-ID; none for a new one.
    pub call_id: Option<String>,
    /// Route values, first hop first.
    pub routes: Vec<String>,
    /// The flow to send on.
    pub flow: Flow,
    /// Further headers, such as P-Asserted-Identity or Replaces.
    pub headers: Vec<(Name<'static>, String)>,
    /// Further headers whose names are known at run time alone. A User-Agent stands in the place
    /// of the configured one, and an empty one says that there is to be none.
    pub named: Vec<(String, String)>,
    /// Our offer; none to let the callee offer.
    pub offer: Option<Bytes>,
    /// What is offered instead, once, to a callee that finds nothing in the offer that it speaks
    /// (488, 606: RFC 3261 §21.4.26).
    pub wider: Option<Bytes>,
    /// What goes beside it.
    pub beside: Option<Part>,
    /// Who we are, should we be asked (401, 407). Requests of early dialogs go without.
    pub login: Option<Login>,
    /// How long nothing at all may be heard, not even 100: then the INVITE is refused with 408,
    /// long before its transaction gives up, so that another way can be tried. None to wait for
    /// the transaction (32 s).
    pub patience: Option<Duration>,
    /// A way by a connection, taken first where `flow` is one of datagrams and the INVITE is too
    /// long for one (RFC 3261 §18.1.1), and not at all where it is not. Nobody need listen there.
    pub stream: Option<Hop>,
    /// Other ways to the same callee, tried in order while nothing of it was heard: after silence,
    /// a connection that is gone, 408 and 430.
    pub further: Vec<Hop>,
}

/// What has been heard so far, and whether we still want the call.
#[derive(Clone, Debug)]
enum Wish {
    /// Nothing was heard; a CANCEL could overtake the INVITE (RFC 3261 §9.1).
    Unheard { until: Option<Instant> },
    /// A provisional response came.
    Heard,
    /// Given up before anything was heard.
    CancelWhenHeard { reason: Option<String> },
    /// The CANCEL is out.
    Cancelled { give_up: Instant },
}

/// An INVITE of ours that has no final response yet.
#[derive(Debug)]
pub(super) struct Calling {
    pub(super) plan: Outgoing,
    name: (String, String),
    invite: Sent,
    /// What was sent by other ways before and may still arrive; no more than there were ways.
    left: Vec<Left>,
    /// Who we are on the way that was just taken.
    pub(super) config: Option<Arc<Config>>,
    pub(super) forks: Forks,
    wish: Wish,
    min_se: u32,
    interval_retries: u8,
    /// Challenges answered.
    answered: u8,
}

impl Calling {
    /// Sends an INVITE; `name` is its Call-ID and our tag.
    pub(super) fn send(
        mut plan: Outgoing,
        name: (String, String),
        cx: &mut Cx<'_, '_>,
    ) -> Box<Self> {
        let min_se = cx.config.session.min_se;
        let mut written = write_invite(&mut plan, &name, 1, min_se, cx);
        let config = plan.widen(written.1.len(), cx.config);
        if let Some(config) = &config {
            let step = &mut *cx.step;
            let owner = cx.owner;
            let mut cx = Cx {
                config,
                owner,
                step,
            };
            written = write_invite(&mut plan, &name, 1, min_se, &mut cx);
        }
        let invite = post_invite(&plan, 1, written, cx);
        Box::new(Self {
            wish: Wish::unheard(&plan, cx),
            plan,
            name,
            invite,
            left: Vec::new(),
            config,
            forks: Forks::default(),
            min_se,
            interval_retries: 0,
            answered: 0,
        })
    }

    /// Gives up; false when that was done before.
    pub(super) fn cancel(&mut self, reason: Option<&str>, cx: &mut Cx<'_, '_>) -> bool {
        match self.wish {
            Wish::Unheard { .. } => {
                let reason = reason.map(str::to_owned);
                self.wish = Wish::CancelWhenHeard { reason };
            }
            Wish::Heard => self.send_cancel(reason, cx),
            Wish::CancelWhenHeard { .. } | Wish::Cancelled { .. } => return false,
        }
        self.forks.close(cx);
        true
    }

    fn send_cancel(&mut self, reason: Option<&str>, cx: &mut Cx<'_, '_>) {
        cancel((&self.invite, &self.plan, &self.name), reason, cx);
        self.wish = Wish::Cancelled {
            give_up: cx.now() + TRANSACTION_LIFE,
        };
    }

    /// The callee is reached by another flow.
    pub(super) fn moved(&mut self, flow: Flow, transactions: &mut Transactions) {
        self.plan.flow = flow;
        self.invite.flow = flow;
        self.plan.further.retain(|hop| hop.flow != flow);
        if self.plan.further.is_empty()
            && let Wish::Unheard { until } = &mut self.wish
        {
            // there is no other way to go
            *until = None;
        }
        transactions.rehome(self.invite.key, flow);
        self.forks.moved(flow, transactions);
    }

    const fn is_given_up(&self) -> bool {
        matches!(
            self.wish,
            Wish::CancelWhenHeard { .. } | Wish::Cancelled { .. }
        )
    }

    /// A response.
    pub(super) fn heard(
        mut self: Box<Self>,
        key: ClientKey,
        flow: Flow,
        response: &Message,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        if key != self.invite.key {
            if !self.heard_of_left(key, flow, response, cx) {
                self.forks.responded(key, Ok(response), cx);
            }
            return State::Outgoing(self);
        }
        match response.status().unwrap_or(0) {
            0..=199 => {
                self.provisional(flow, response, cx);
                State::Outgoing(self)
            }
            200..=299 => self.accepted(flow, response, cx),
            status => self.refused(status, response, cx),
        }
    }

    fn provisional(&mut self, flow: Flow, response: &Message, cx: &mut Cx<'_, '_>) {
        match std::mem::replace(&mut self.wish, Wish::Heard) {
            Wish::Unheard { .. } | Wish::Heard => {
                if response.status() != Some(100) {
                    let offer = self.plan.offer.as_ref();
                    self.forks
                        .provisional(self.invite.number, offer, flow, response, cx);
                }
            }
            Wish::CancelWhenHeard { reason } => self.send_cancel(reason.as_deref(), cx),
            cancelled @ Wish::Cancelled { .. } => self.wish = cancelled,
        }
    }

    fn accepted(mut self: Box<Self>, flow: Flow, response: &Message, cx: &mut Cx<'_, '_>) -> State {
        let Sent { key, number, .. } = self.invite;
        if let Wish::CancelWhenHeard { reason } = &self.wish {
            dismiss_within(key, flow, response, reason.as_deref(), cx);
            return State::over(cx);
        }
        if self.is_given_up() {
            dismiss_within(key, flow, response, None, cx);
            return State::over(cx);
        }
        let Ok(dialog) = Dialog::as_caller(response, flow) else {
            self.forks.close(cx);
            return self.fail(502, Some(response), cx);
        };
        let mut peer = self.forks.choose(dialog, self.plan.offer.as_ref());
        self.forks.close(cx);
        peer.stage = Stage::Confirmed;
        peer.login = self.plan.login.take().map(Box::new);
        peer.abilities.learn(response);
        let terms = session_timer::as_caller(&cx.config.session, response);
        peer.session = terms.map(|terms| SessionTimer::begin(terms, cx.now()));
        let sdp = sdp_of(response).or(peer.described.take());
        match (peer.exchange.turn(), &sdp) {
            (Turn::Unused, Some(_)) => {
                peer.exchange.offered();
                peer.business = Business::Confirming {
                    key,
                    number,
                    give_up: cx.now() + TRANSACTION_LIFE,
                };
            }
            (Turn::OfferedByUs, Some(_)) if peer.business.is_idle() => {
                peer.exchange.answered();
                peer.ack(key, number, None, cx);
            }
            (Turn::Unused | Turn::OfferedByUs | Turn::OfferedByPeer | Turn::Settled, _) => {
                peer.ack(key, number, None, cx);
            }
        }
        cx.tell(Event::Answered {
            sdp,
            message: response.clone(),
        });
        State::Live(Box::new(Live::at_rest(peer)))
    }

    fn refused(mut self: Box<Self>, status: u16, response: &Message, cx: &mut Cx<'_, '_>) -> State {
        if self.is_given_up() {
            return self.fail(status, Some(response), cx);
        }
        if matches!(status, 408 | FLOW_FAILED) && self.may_go_on() {
            return self.by_next_hop(false, cx);
        }
        if self.is_asked(response) {
            self.answered += 1;
            return self.again(cx);
        }
        if matches!(status, 488 | 606)
            && let Some(wider) = self.plan.wider.take()
        {
            self.plan.offer = Some(wider);
            cx.tell(Event::Widened);
            return self.again(cx);
        }
        let least = response.min_se().ok().flatten();
        if status == 422
            && self.interval_retries < MAX_INTERVAL_RETRIES
            && let Some(least) = least.filter(|least| *least > self.min_se)
        {
            self.min_se = least;
            self.interval_retries += 1;
            return self.again(cx);
        }
        self.fail(status, Some(response), cx)
    }

    /// Whether the callee asks who we are, and we have an answer.
    fn is_asked(&mut self, response: &Message) -> bool {
        let login = self.plan.login.as_mut();
        login.is_some_and(|login| login.challenged(response, self.answered))
    }

    /// The same INVITE, with the next number and a branch of its own (RFC 3261 §22.2).
    fn again(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        self.forks.close(cx);
        self.forks = Forks::default();
        let number = self.invite.number + 1;
        let written = write_invite(&mut self.plan, &self.name, number, self.min_se, cx);
        self.invite = post_invite(&self.plan, number, written, cx);
        self.wish = Wish::unheard(&self.plan, cx);
        State::Outgoing(self)
    }

    /// The INVITE came to nothing; after a CANCEL of ours that is what we wanted.
    fn fail(
        mut self: Box<Self>,
        status: u16,
        response: Option<&Message>,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        self.forks.close(cx);
        if !self.is_given_up() {
            cx.tell(Event::Refused {
                status,
                message: response.cloned(),
            });
        }
        State::over(cx)
    }

    /// No response will come: 408, or 503 when the request could not be sent.
    pub(super) fn unanswered(
        mut self: Box<Self>,
        key: ClientKey,
        sent_at_all: bool,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        if key != self.invite.key {
            self.forks.responded(key, Err(sent_at_all), cx);
            return State::Outgoing(self);
        }
        if self.may_go_on() {
            return self.by_next_hop(false, cx);
        }
        let status = if sent_at_all { 408 } else { 503 };
        self.fail(status, None, cx)
    }

    /// A request inside one of the early dialogs.
    pub(super) fn take(mut self: Box<Self>, request: Request, cx: &mut Cx<'_, '_>) -> State {
        let Request { key, message, .. } = &request;
        let Some(peer) = self.forks.peer_of(message) else {
            cx.answer(*key, message, 481);
            return State::Outgoing(self);
        };
        if !peer.admits(&request, cx) {
            return State::Outgoing(self);
        }
        match request.asks() {
            Asks::Update => peer.updated(request, cx),
            Asks::Invite => cx.answer(*key, message, 491),
            Asks::Bye => {
                cx.answer(*key, message, 200);
                self.forks.remove(message, cx);
            }
            // transfers are for calls that have been answered
            Asks::Refer => cx.answer(*key, message, 403),
            Asks::Notify | Asks::Prack => cx.answer(*key, message, 481),
            asks @ (Asks::Options | Asks::Info | Asks::Other) => peer.serve(&request, asks, cx),
        }
        State::Outgoing(self)
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        let give_up = match self.wish {
            Wish::Cancelled { give_up } => Some(Deadline::new(give_up, Timer::AwaitCancelled)),
            Wish::Unheard { until } => until.map(|at| Deadline::new(at, Timer::AwaitAnything)),
            Wish::Heard | Wish::CancelWhenHeard { .. } => None,
        };
        earliest(give_up, self.forks.deadline())
    }

    /// Does what is due.
    pub(super) fn expire(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        if let Wish::Cancelled { give_up } = self.wish
            && give_up <= cx.now()
        {
            cx.step.transactions.abandon(self.invite.key);
            self.forks.close(cx);
            return State::over(cx);
        }
        if let Wish::Unheard { until } = self.wish
            && until.is_some_and(|until| until <= cx.now())
        {
            if self.may_go_on() {
                return self.by_next_hop(true, cx);
            }
            // Should the callee wake up after all, it is told that nobody wants it any more.
            self.wish = Wish::CancelWhenHeard { reason: None };
            cx.tell(Event::Refused {
                status: 408,
                message: None,
            });
        }
        self.forks.expire(cx);
        State::Outgoing(self)
    }
}

impl Wish {
    fn unheard(plan: &Outgoing, cx: &Cx<'_, '_>) -> Self {
        let until = plan.patience.map(|patience| cx.now() + patience);
        Self::Unheard { until }
    }
}

fn write_invite(
    plan: &mut Outgoing,
    name: &(String, String),
    number: u32,
    min_se: u32,
    cx: &mut Cx<'_, '_>,
) -> (Branch, Bytes) {
    let branch = cx.step.transactions.branch();
    let mut invite = begin(Method::Invite, plan, name, (branch, number), cx);
    if let Some(login) = &mut plan.login {
        push_login(&mut invite, login, (Method::Invite, &plan.request_uri), cx);
    }
    let supported = match (cx.config.reliability, &plan.offer) {
        (Reliability::Never, _) | (_, None) => SUPPORTED_PLAINLY,
        (Reliability::Supported, Some(_)) => SUPPORTED,
        (Reliability::Required, Some(_)) => {
            invite.text(Name::Require, "100rel");
            SUPPORTED
        }
    };
    push_identity(&mut invite, cx.config, supported);
    push_require(&mut invite, cx.config);
    session_timer::push_first(&mut invite, &cx.config.session, min_se);
    for (header, value) in &plan.headers {
        if *header != Name::MaxForwards {
            invite.text(*header, value);
        }
    }
    for (header, value) in &plan.named {
        let header = Name::Other(header);
        if header != Name::UserAgent {
            invite.text(header, value);
        }
    }
    let described = (plan.offer.as_ref(), plan.beside.as_ref());
    push_described(&mut invite, described, &format!("part-{}", name.1));
    (branch, invite.finish())
}

fn post_invite(
    plan: &Outgoing,
    number: u32,
    (branch, bytes): (Branch, Bytes),
    cx: &mut Cx<'_, '_>,
) -> Sent {
    let flow = plan.flow;
    let sending = Sending {
        flow,
        branch,
        method: Method::Invite,
        bytes,
        owner: cx.owner,
    };
    Sent {
        key: cx.step.transactions.request(sending, cx.step.now),
        branch,
        number,
        flow,
    }
}

/// What INVITE and CANCEL have in common (RFC 3261 §9.1).
/// Takes an INVITE back (RFC 3261 §9.1): what was sent, by which plan and under which names.
fn cancel(
    (invite, plan, name): (&Sent, &Outgoing, &(String, String)),
    reason: Option<&str>,
    cx: &mut Cx<'_, '_>,
) {
    let (branch, flow) = (invite.branch, invite.flow);
    let mut cancel = begin(Method::Cancel, plan, name, (branch, invite.number), cx);
    if let Some(reason) = reason {
        cancel.text(Name::Reason, reason);
    }
    let sending = Sending {
        flow,
        branch,
        method: Method::Cancel,
        bytes: cancel.finish(),
        owner: cx.owner,
    };
    cx.step.transactions.request(sending, cx.step.now);
}

fn begin(
    method: Method<'_>,
    plan: &Outgoing,
    (call_id, tag): &(String, String),
    (branch, number): (Branch, u32),
    cx: &Cx<'_, '_>,
) -> Builder {
    let origin = Origin {
        branch,
        sent_by: cx.config.sent_by.as_deref(),
    };
    let mut builder = Builder::request(method, &plan.request_uri);
    push_via(&mut builder, plan.flow, origin);
    let hops = plan
        .headers
        .iter()
        .find(|(name, _)| *name == Name::MaxForwards);
    builder.text(Name::MaxForwards, hops.map_or("70", |(_, hops)| hops));
    for route in &plan.routes {
        builder.text(Name::Route, route);
    }
    builder.header(Name::From, format_args!("{};tag={tag}", plan.from));
    builder.text(Name::To, &plan.to);
    builder.text(Name::CallId, call_id);
    builder.header(Name::CSeq, format_args!("{number} {method}"));
    let mut named = plan.named.iter();
    match named.find(|(name, _)| Name::Other(name) == Name::UserAgent) {
        Some((_, agent)) if agent.is_empty() => {}
        Some((_, agent)) => {
            builder.text(Name::UserAgent, agent);
        }
        None => push_agent(&mut builder, cx.config),
    }
    builder
}
