//! Our side asks: re-INVITE and UPDATE, what comes of them, and trying again (RFC 3261 §14.1,
//! RFC 3311, RFC 6141).

use std::time::Duration;

use machine::Instant;
use sip_message::{Flow, Message, Method, Name};

use super::{Fate, Peer, Stage};
use crate::dialog::Origin;
use crate::transaction::{ClientKey, Sending, TRANSACTION_LIFE};
use crate::usage::business::{Business, Limit, Means, Ours, Purpose};
use crate::usage::config::MAX_RETRIES;
use crate::usage::event::{Ending, Event};
use crate::usage::headers::{
    SUPPORTED, SUPPORTED_PLAINLY, push_described, push_identity, push_require,
};
use crate::usage::offer::sdp_of;
use crate::usage::session_timer::{self, SessionTimer};
use crate::usage::step::Cx;

/// A refresh that failed for a passing reason is tried again after this time.
const REFRESH_AGAIN: Duration = Duration::from_secs(20);
/// A Retry-After beyond this, in seconds, is no overlap any more but a refusal.
const MAX_RETRY_AFTER: u32 = 10;

/// What we shall ask for when the dialog is free.
#[derive(Debug)]
pub(in crate::usage) struct Waiting {
    pub(in crate::usage) purpose: Purpose,
    pub(in crate::usage) not_before: Instant,
    pub(in crate::usage) attempts: u8,
}

impl Peer {
    /// Asks now, or when the dialog is free; takes the place of what waits.
    pub(in crate::usage) fn modify(&mut self, purpose: Purpose, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let not_before = self.waiting.as_ref().map_or(now, |one| one.not_before);
        self.waiting = Some(Waiting {
            purpose,
            not_before,
            attempts: 0,
        });
        self.proceed(cx);
    }

    /// Begins what waits, when nothing is under way and its time has come.
    pub(in crate::usage) fn proceed(&mut self, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        if self.business.is_idle()
            && let Some(next) = self.waiting.take_if(|next| next.not_before <= now)
        {
            self.ask(next.purpose, next.attempts, cx);
        }
    }

    fn means(&self, purpose: &Purpose) -> Means {
        match (self.stage, purpose) {
            (Stage::Early, _) => Means::Update,
            (Stage::Confirmed, Purpose::Offer(..) | Purpose::Ask) => Means::Invite,
            // without a description to repeat a re-INVITE would ask for an offer
            (Stage::Confirmed, Purpose::Refresh)
                if self.abilities.update || self.exchange.local().is_none() =>
            {
                Means::Update
            }
            (Stage::Confirmed, Purpose::Refresh) => Means::Invite,
        }
    }

    fn ask(&mut self, purpose: Purpose, attempts: u8, cx: &mut Cx<'_, '_>) {
        let means = self.means(&purpose);
        let sdp = match (&purpose, means) {
            (Purpose::Offer(sdp, _), Means::Invite | Means::Update) => Some(sdp.clone()),
            (Purpose::Refresh, Means::Invite) => self.exchange.local().cloned(),
            (Purpose::Refresh, Means::Update) | (Purpose::Ask, _) => None,
        };
        if let Some(sdp) = &sdp {
            self.exchange.offer(sdp.clone());
        }
        let (method, supported, limit) = match means {
            Means::Invite => {
                let patience = cx.config.offer_patience * 3;
                let limit = Limit::Cancel(cx.now() + patience);
                (Method::Invite, SUPPORTED_PLAINLY, limit)
            }
            Means::Update => (Method::Update, SUPPORTED, Limit::Transaction),
        };
        let (config, policy) = (cx.config, cx.config.session);
        let terms = self.session.map(|session| session.terms);
        let confirmed = self.stage == Stage::Confirmed;
        let beside = match &purpose {
            Purpose::Offer(_, beside) => beside.as_deref(),
            Purpose::Ask | Purpose::Refresh => None,
        };
        let mark = format!("part-{}", self.dialog.local_tag());
        let sent = self.send(method, cx, |request| {
            push_identity(request, config, supported);
            match terms {
                Some(terms) => terms.push_request(request, policy.min_se),
                None if confirmed => session_timer::push_first(request, &policy, policy.min_se),
                None => {}
            }
            push_require(request, config);
            push_described(request, (sdp.as_ref(), beside), &mark);
        });
        self.business = Business::Ours(Box::new(Ours {
            sent,
            means,
            purpose,
            attempts,
            limit,
        }));
    }

    /// Whether a client transaction is that of our re-INVITE or UPDATE.
    pub(in crate::usage) fn asked_by(&self, key: ClientKey) -> bool {
        matches!(&self.business, Business::Ours(ours) if ours.sent.key == key)
    }

    /// Takes a response to our re-INVITE or UPDATE.
    pub(in crate::usage) fn responded(&mut self, response: &Message, cx: &mut Cx<'_, '_>) -> Fate {
        let status = response.status().unwrap_or(0);
        if status < 200 {
            return Fate::GoesOn;
        }
        let Some(ours) = self.take_ours() else {
            return Fate::GoesOn;
        };
        self.abilities.learn(response);
        if status < 300 {
            self.accepted(&ours, response, cx);
            return Fate::GoesOn;
        }
        self.exchange.fall_back();
        match status {
            481 => return Fate::Ends(Ending::DialogUnknown),
            408 => return Fate::Ends(Ending::PeerSilent),
            491 => {
                let (low, high) = if self.dialog.is_caller {
                    (2_100, 4_000)
                } else {
                    (0, 2_000)
                };
                let bounds = (Duration::from_millis(low), Duration::from_millis(high));
                // a peer's tag may come of our branch, and that of what others have drawn before
                let of = (self.dialog.remote_target(), ours.sent.number);
                let wait = cx.step.transactions.drawn_wait(of, bounds);
                self.again(ours, wait, status, cx);
            }
            422 => self.again_longer(ours, response, cx),
            401 | 407 if self.is_asked(response, ours.attempts) => {
                self.again(ours, Duration::ZERO, status, cx);
            }
            _ => match response
                .retry_after()
                .filter(|wait| *wait <= MAX_RETRY_AFTER)
            {
                Some(wait) if status == 500 => {
                    self.again(ours, Duration::from_secs(wait.into()), status, cx);
                }
                Some(_) | None => self.refused(ours, status, cx),
            },
        }
        Fate::GoesOn
    }

    fn take_ours(&mut self) -> Option<Ours> {
        match std::mem::replace(&mut self.business, Business::Idle) {
            Business::Ours(ours) => Some(*ours),
            other @ (Business::Idle
            | Business::Confirming { .. }
            | Business::Theirs(_)
            | Business::Unacknowledged(_)) => {
                self.business = other;
                None
            }
        }
    }

    fn accepted(&mut self, ours: &Ours, response: &Message, cx: &mut Cx<'_, '_>) {
        self.dialog.refresh_target(response);
        if self.stage == Stage::Confirmed {
            let terms = session_timer::as_caller(&cx.config.session, response);
            self.session = terms.map(|terms| SessionTimer::begin(terms, cx.now()));
        }
        let sdp = sdp_of(response);
        self.keep_description(sdp.clone());
        let Ours { sent, means, .. } = ours;
        match (&ours.purpose, means) {
            (Purpose::Ask, Means::Invite) if sdp.is_some() => {
                self.exchange.offered();
                self.business = Business::Confirming {
                    key: sent.key,
                    number: sent.number,
                    give_up: cx.now() + TRANSACTION_LIFE,
                };
                return cx.tell(Event::ReofferAnswered { sdp });
            }
            (Purpose::Ask, _) | (Purpose::Refresh, Means::Update) => {}
            (Purpose::Offer(..) | Purpose::Refresh, _) if sdp.is_some() => self.exchange.answered(),
            (Purpose::Offer(..) | Purpose::Refresh, _) => self.exchange.fall_back(),
        }
        if *means == Means::Invite {
            self.ack(sent.key, sent.number, None, cx);
        }
        match ours.purpose {
            Purpose::Refresh => cx.tell(Event::Refreshed { sdp }),
            Purpose::Offer(..) | Purpose::Ask => cx.tell(Event::ReofferAnswered { sdp }),
        }
    }

    fn again(&mut self, ours: Ours, wait: Duration, status: u16, cx: &mut Cx<'_, '_>) {
        if ours.attempts >= MAX_RETRIES {
            return self.refused(ours, status, cx);
        }
        let not_before = cx.now() + wait;
        match &mut self.waiting {
            Some(newer) => newer.not_before = not_before,
            None => {
                self.waiting = Some(Waiting {
                    purpose: ours.purpose,
                    not_before,
                    attempts: ours.attempts + 1,
                });
            }
        }
    }

    /// 422: the same with the interval the peer insists on (RFC 4028 §7.4).
    fn again_longer(&mut self, ours: Ours, response: &Message, cx: &mut Cx<'_, '_>) {
        let least = response.min_se().ok().flatten();
        match (least, &mut self.session) {
            (Some(least), Some(session)) if least > session.terms.seconds => {
                session.terms.seconds = least;
                self.again(ours, Duration::ZERO, 422, cx);
            }
            (Some(_) | None, _) => self.refused(ours, 422, cx),
        }
    }

    fn refused(&mut self, ours: Ours, status: u16, cx: &mut Cx<'_, '_>) {
        match (ours.purpose, ours.means) {
            (Purpose::Refresh, Means::Update) if matches!(status, 405 | 501) => {
                self.abilities.update = false;
                self.postpone_refresh(Duration::ZERO, cx);
            }
            (Purpose::Refresh, _) => self.postpone_refresh(REFRESH_AGAIN, cx),
            (Purpose::Offer(..) | Purpose::Ask, _) => cx.tell(Event::ReofferRefused { status }),
        }
    }

    fn postpone_refresh(&mut self, wait: Duration, cx: &Cx<'_, '_>) {
        if let Some(session) = &mut self.session {
            session.postpone(cx.now(), wait);
        }
    }

    /// No response came, or the request could not be sent.
    pub(in crate::usage) fn unanswered(&mut self, sent_at_all: bool, cx: &mut Cx<'_, '_>) -> Fate {
        let Some(ours) = self.take_ours() else {
            return Fate::GoesOn;
        };
        self.exchange.fall_back();
        if sent_at_all {
            return Fate::Ends(Ending::PeerSilent);
        }
        self.refused(ours, 503, cx);
        Fate::GoesOn
    }

    /// A re-INVITE of ours takes too long: it is cancelled, and at last given up.
    pub(in crate::usage) fn limit_ours(&mut self, cx: &mut Cx<'_, '_>) -> Fate {
        let now = cx.now();
        let Business::Ours(ours) = &mut self.business else {
            return Fate::GoesOn;
        };
        match ours.limit {
            Limit::Cancel(at) if at <= now => {
                ours.limit = Limit::GiveUp(now + TRANSACTION_LIFE);
                let (number, branch, flow) = (ours.sent.number, ours.sent.branch, ours.sent.flow);
                self.cancel(number, branch, flow, cx);
                Fate::GoesOn
            }
            Limit::GiveUp(at) if at <= now => {
                cx.step.transactions.abandon(ours.sent.key);
                self.business = Business::Idle;
                Fate::Ends(Ending::PeerSilent)
            }
            Limit::Cancel(_) | Limit::GiveUp(_) | Limit::Transaction => Fate::GoesOn,
        }
    }

    fn cancel(&self, number: u32, branch: crate::Branch, flow: Flow, cx: &mut Cx<'_, '_>) {
        let sent_by = cx.config.sent_by.as_deref();
        let mut cancel = self.dialog.cancel(number, Origin { branch, sent_by });
        cancel.text(Name::Reason, "SIP;cause=408;text=\"Request Timeout\"");
        let sending = Sending {
            flow,
            branch,
            method: Method::Cancel,
            bytes: cancel.finish(),
            owner: cx.owner,
        };
        cx.step.transactions.request(sending, cx.step.now);
    }
}
