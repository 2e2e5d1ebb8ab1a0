//! Live: the confirmed dialog, from the 2xx to the BYE (RFC 3261 §12.2, §14, §15).

use bytes::Bytes;
use machine::{Deadline, Instant};
use sip_message::{Builder, Flow, Message, Method, Name};

use super::State;
use super::leaving::Leaving;
use crate::transaction::{ClientKey, ServerKey};
use crate::usage::business::{Business, Purpose};
use crate::usage::config::MAX_INFOS;
use crate::usage::dismiss::dismiss_within;
use crate::usage::event::Ending;
use crate::usage::parts::Part;
use crate::usage::peer::{Fate, Peer};
use crate::usage::referral::Referrals;
use crate::usage::request::{Asks, Request};
use crate::usage::session_timer::SessionTimer;
use crate::usage::step::{Cx, Timer};

/// An answered call.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) peer: Peer,
    pub(super) referrals: Referrals,
    /// The RSeq of a provisional response of ours without a description, which the 2xx has
    /// overtaken: its PRACK may still come (RFC 3262 §3).
    unpracked: Option<u32>,
    /// INFOs under way.
    infos: Vec<ClientKey>,
}

impl Live {
    pub(super) fn of_callee(peer: Peer, unpracked: Option<u32>) -> Self {
        Self {
            unpracked,
            ..Self::at_rest(peer)
        }
    }

    pub(super) fn at_rest(peer: Peer) -> Self {
        Self {
            peer,
            referrals: Referrals::default(),
            unpracked: None,
            infos: Vec::new(),
        }
    }

    /// A request inside the dialog.
    pub(super) fn take(mut self: Box<Self>, request: Request, cx: &mut Cx<'_, '_>) -> State {
        if !self.peer.admits(&request, cx) {
            return State::Live(self);
        }
        let Request { key, message, .. } = &request;
        match request.asks() {
            Asks::Bye => {
                cx.answer(*key, message, 200);
                return self.hung_up(message, cx);
            }
            Asks::Invite => self.peer.reinvited(request, cx),
            Asks::Update => self.peer.updated(request, cx),
            Asks::Prack => self.acknowledged(&request, cx),
            Asks::Refer => self.referrals.asked(request, cx),
            Asks::Notify => self.referrals.notified(&request, cx),
            asks @ (Asks::Options | Asks::Info | Asks::Other) => {
                self.peer.serve(&request, asks, cx);
            }
        }
        self.go_on(cx)
    }

    fn hung_up(mut self: Box<Self>, bye: &Message, cx: &mut Cx<'_, '_>) -> State {
        self.peer.close(cx);
        self.referrals.close(cx);
        let reason = bye.header(Name::Reason).map(str::to_owned);
        State::ended(Ending::PeerHungUp, reason, cx)
    }

    fn acknowledged(&mut self, prack: &Request, cx: &mut Cx<'_, '_>) {
        let rack = prack.message.rack().ok().flatten();
        let known = self
            .unpracked
            .take_if(|rseq| rack.is_some_and(|rack| rack.rseq == *rseq));
        let status = if known.is_some() { 200 } else { 481 };
        cx.answer(prack.key, &prack.message, status);
    }

    fn go_on(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        self.peer.proceed(cx);
        State::Live(self)
    }

    fn follow(self: Box<Self>, fate: Fate, cx: &mut Cx<'_, '_>) -> State {
        match fate {
            Fate::GoesOn => self.go_on(cx),
            Fate::Ends(ending) => self.break_off(ending, cx),
        }
    }

    /// Ends a call that cannot go on. The peer is told, for it may think otherwise.
    fn break_off(mut self: Box<Self>, ending: Ending, cx: &mut Cx<'_, '_>) -> State {
        self.referrals.close(cx);
        self.peer.bye(None, cx);
        State::ended(ending, None, cx)
    }

    /// Our side hangs up.
    pub(super) fn hang_up(mut self: Box<Self>, reason: Option<&str>, cx: &mut Cx<'_, '_>) -> State {
        self.referrals.close(cx);
        if matches!(&self.peer.business, Business::Unacknowledged(answer) if answer.first) {
            return State::Leaving(Box::new(Leaving::new(self.peer, reason)));
        }
        Leaving::leave(Leaving::new(self.peer, reason), cx)
    }

    /// An ACK.
    pub(super) fn take_ack(mut self: Box<Self>, ack: &Message, cx: &mut Cx<'_, '_>) -> State {
        self.peer.acknowledged(ack, cx);
        self.go_on(cx)
    }

    /// A request of the peer has been taken back, or its transaction is over.
    pub(super) fn withdrawn(
        mut self: Box<Self>,
        key: ServerKey,
        status: u16,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        self.peer.withdrawn(key, status, cx);
        self.referrals.forget(key);
        self.go_on(cx)
    }

    /// A response.
    pub(super) fn heard(
        mut self: Box<Self>,
        key: ClientKey,
        flow: Flow,
        response: &Message,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        if self.peer.asked_by(key) {
            let fate = self.peer.responded(response, cx);
            return self.follow(fate, cx);
        }
        let tag = response.to().ok().and_then(|to| to.tag()).unwrap_or("");
        // of another fork, or of an INVITE that was left for another way to the callee
        let of_invite = response
            .cseq()
            .is_ok_and(|cseq| cseq.method == Method::Invite);
        if of_invite && tag != self.peer.dialog.remote_tag() {
            dismiss_within(key, flow, response, None, cx);
            return State::Live(self);
        }
        let status = response.status().unwrap_or(0);
        if status < 200 {
            return State::Live(self);
        }
        let referral = self.referrals.responded(key, response, cx);
        let informed = self.informed(key, status);
        let fate = self.weigh(referral, informed);
        self.follow(fate, cx)
    }

    /// The answer to an INFO.
    fn informed(&mut self, key: ClientKey, status: u16) -> Fate {
        let Some(at) = self.infos.iter().position(|info| *info == key) else {
            return Fate::GoesOn;
        };
        self.infos.swap_remove(at);
        match status {
            481 => Fate::Ends(Ending::DialogUnknown),
            408 => Fate::Ends(Ending::PeerSilent),
            _ => Fate::GoesOn,
        }
    }

    /// The worse of two fates. Before its ACK the peer may not know the dialog yet: then the
    /// ACK alone decides.
    fn weigh(&self, one: Fate, other: Fate) -> Fate {
        match (&self.peer.business, one) {
            (Business::Unacknowledged(_), _) => Fate::GoesOn,
            (_, Fate::GoesOn) => other,
            (_, Fate::Ends(_)) => one,
        }
    }

    /// No response will come; `sent_at_all` when the request went out.
    pub(super) fn unanswered(
        mut self: Box<Self>,
        key: ClientKey,
        sent_at_all: bool,
        cx: &mut Cx<'_, '_>,
    ) -> State {
        let status = if sent_at_all { 408 } else { 503 };
        let fate = if self.peer.asked_by(key) {
            self.peer.unanswered(sent_at_all, cx)
        } else {
            let referral = self.referrals.unanswered(key, status, cx);
            let informed = self.informed(key, status);
            self.weigh(referral, informed)
        };
        self.follow(fate, cx)
    }

    /// Offers anew, or asks for an offer.
    pub(super) fn reoffer(
        &mut self,
        sdp: Option<Bytes>,
        beside: Option<Box<Part>>,
        cx: &mut Cx<'_, '_>,
    ) {
        let purpose = sdp.map_or(Purpose::Ask, |sdp| Purpose::Offer(sdp, beside));
        self.peer.modify(purpose, cx);
    }

    /// Puts the answer to the offer of a 2xx into its ACK; false when none waits.
    pub(super) fn confirm(&mut self, sdp: Bytes, cx: &mut Cx<'_, '_>) -> bool {
        let Business::Confirming { key, number, .. } = self.peer.business else {
            return false;
        };
        self.peer.business = Business::Idle;
        self.peer.ack(key, number, Some(&sdp), cx);
        self.peer.exchange.answer(sdp);
        self.peer.proceed(cx);
        true
    }

    /// Sends an INFO; false when too many are under way.
    pub(super) fn info(&mut self, content_type: &str, body: Bytes, cx: &mut Cx<'_, '_>) -> bool {
        self.inform(cx, |info| {
            info.body_shared(content_type, body);
        })
    }

    /// Sends an INFO that asks for the call to be recorded, or no more; false likewise.
    pub(super) fn record(&mut self, on: bool, cx: &mut Cx<'_, '_>) -> bool {
        self.inform(cx, |info| {
            info.text(Name::Other("Record"), if on { "on" } else { "off" });
        })
    }

    fn inform(&mut self, cx: &mut Cx<'_, '_>, write: impl FnOnce(&mut Builder)) -> bool {
        if self.infos.len() >= MAX_INFOS {
            return false;
        }
        let sent = self.peer.send(Method::Info, cx, write);
        self.infos.push(sent.key);
        true
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        self.peer.deadline()
    }

    /// Does what is due.
    pub(super) fn expire(mut self: Box<Self>, cx: &mut Cx<'_, '_>) -> State {
        let now: Instant = cx.now();
        if self
            .peer
            .session
            .is_some_and(|session| session.is_expired(now))
        {
            return self.break_off(Ending::SessionExpired, cx);
        }
        let due = |session: &mut SessionTimer| session.refresh_due(now);
        // an offer that waits refreshes the session too
        if self.peer.session.as_mut().is_some_and(due) && self.peer.waiting.is_none() {
            self.peer.modify(Purpose::Refresh, cx);
        }
        let fate = self.peer.expire(cx);
        self.follow(fate, cx)
    }
}
