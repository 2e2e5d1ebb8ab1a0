//! The peer asks: re-INVITE, UPDATE and PRACK with an offer, and the answers of our side
//! (RFC 3261 §14.2, RFC 3311 §5.2, RFC 3262 §5).

use bytes::Bytes;
use sip_message::{Builder, Message, Name};

use super::{Fate, Peer, Stage};
use crate::transaction::ServerKey;
use crate::usage::business::{Business, Theirs, Unacknowledged};
use crate::usage::event::{Ending, Event};
use crate::usage::headers::{SUPPORTED, SUPPORTED_PLAINLY, push_identity, push_sdp};
use crate::usage::offer::{SDP, Turn, is_metadata, is_unreadable, sdp_of};
use crate::usage::request::{Asks, Request};
use crate::usage::session_timer::{SessionTimer, Terms, TooSmall, as_callee};
use crate::usage::step::Cx;

/// The status of two requests that cross (RFC 3261 §14.1).
const GLARE: u16 = 491;
/// What is said when our side was too slow.
const TOO_SLOW: u16 = 504;

/// Refuses a body that cannot be read; whether it was refused.
pub(in crate::usage) fn refuses_body(
    key: ServerKey,
    message: &Message,
    cx: &mut Cx<'_, '_>,
) -> bool {
    let refused = is_unreadable(message) && !(cx.config.recording && is_metadata(message));
    if refused {
        let mut builder = cx.response(key, message, 415);
        builder.text(Name::Accept, SDP);
        cx.respond(key, 415, builder.finish());
    }
    refused
}

/// The session terms of our 2xx; without them the request has been refused with 422.
pub(in crate::usage) fn terms_of(
    key: ServerKey,
    message: &Message,
    cx: &mut Cx<'_, '_>,
) -> Result<Option<Terms>, TooSmall> {
    let terms = as_callee(&cx.config.session, message);
    if let Err(TooSmall(least)) = terms {
        let mut builder = cx.response(key, message, 422);
        builder.header(Name::MinSe, least);
        cx.respond(key, 422, builder.finish());
    }
    terms
}

/// How the dialog stands to a new request of the peer.
enum Standing {
    Free,
    Crossing,
    Overlapping,
}

impl Peer {
    /// A re-INVITE.
    pub(in crate::usage) fn reinvited(&mut self, request: Request, cx: &mut Cx<'_, '_>) {
        let standing = match &self.business {
            Business::Idle => Standing::Free,
            Business::Ours(_) | Business::Confirming { .. } => Standing::Crossing,
            Business::Theirs(_) => Standing::Overlapping,
            Business::Unacknowledged(answer) if answer.offered => Standing::Crossing,
            // whoever sends a new INVITE has got the 2xx of the one before
            Business::Unacknowledged(_) => Standing::Free,
        };
        if !self.is_free(&request, &standing, cx) || refuses_body(request.key, &request.message, cx)
        {
            return;
        }
        let Ok(terms) = terms_of(request.key, &request.message, cx) else {
            return;
        };
        self.implied_ack(cx);
        let sdp = sdp_of(&request.message);
        self.await_answer(request, Asks::Invite, terms, sdp, cx);
    }

    /// An UPDATE.
    pub(in crate::usage) fn updated(&mut self, request: Request, cx: &mut Cx<'_, '_>) {
        let Request { key, message, .. } = &request;
        let sdp = sdp_of(message);
        if refuses_body(*key, message, cx) {
            return;
        }
        if sdp.is_some() && !self.is_free(&request, &self.standing_to_update(), cx) {
            return;
        }
        let terms = match self.stage {
            Stage::Early => Ok(None),
            Stage::Confirmed => terms_of(*key, message, cx),
        };
        let Ok(terms) = terms else { return };
        if sdp.is_some() {
            return self.await_answer(request, Asks::Update, terms, sdp, cx);
        }
        self.abilities.learn(message);
        self.dialog.refresh_target(message);
        let bytes = self.agreement(*key, message, terms, None, cx);
        cx.respond(*key, 200, bytes);
        self.begin_session(terms, cx);
        if self.stage == Stage::Confirmed {
            cx.tell(Event::Refreshed { sdp: None });
        }
    }

    fn standing_to_update(&self) -> Standing {
        match (&self.business, self.exchange.turn()) {
            (Business::Ours(_) | Business::Confirming { .. }, _) | (_, Turn::OfferedByUs) => {
                Standing::Crossing
            }
            (Business::Theirs(_) | Business::Unacknowledged(_), _) | (_, Turn::OfferedByPeer) => {
                Standing::Overlapping
            }
            (Business::Idle, Turn::Settled | Turn::Unused) => Standing::Free,
        }
    }

    /// Whether the request may be taken; otherwise it has been answered.
    fn is_free(&self, request: &Request, standing: &Standing, cx: &mut Cx<'_, '_>) -> bool {
        match standing {
            Standing::Free => return true,
            Standing::Crossing => cx.answer(request.key, &request.message, GLARE),
            Standing::Overlapping => cx.answer_overlap(request.key, &request.message),
        }
        false
    }

    /// A PRACK whose offer our side shall answer.
    pub(in crate::usage) fn offered_by_prack(
        &mut self,
        request: Request,
        sdp: Bytes,
        cx: &mut Cx<'_, '_>,
    ) {
        self.await_answer(request, Asks::Prack, None, Some(sdp), cx);
    }

    fn await_answer(
        &mut self,
        request: Request,
        asks: Asks,
        terms: Option<Terms>,
        sdp: Option<Bytes>,
        cx: &mut Cx<'_, '_>,
    ) {
        self.abilities.learn(&request.message);
        if sdp.is_some() {
            self.exchange.offered();
        }
        let patience = match asks {
            Asks::Invite => cx.config.offer_patience * 3,
            Asks::Update
            | Asks::Prack
            | Asks::Bye
            | Asks::Options
            | Asks::Info
            | Asks::Refer
            | Asks::Notify
            | Asks::Other => cx.config.offer_patience,
        };
        self.business = Business::Theirs(Box::new(Theirs {
            key: request.key,
            message: request.message,
            asks,
            terms,
            wants_offer: sdp.is_none(),
            patience: cx.now() + patience,
        }));
        cx.tell(Event::Offered { sdp });
    }

    /// Our side answers (or offers); whether anything waited for it.
    pub(in crate::usage) fn answer_offer(&mut self, sdp: Bytes, cx: &mut Cx<'_, '_>) -> bool {
        let Some(theirs) = self.take_theirs() else {
            return false;
        };
        let Theirs {
            key,
            message,
            asks,
            terms,
            wants_offer,
            ..
        } = theirs;
        if wants_offer {
            self.exchange.offer(sdp.clone());
        } else {
            self.exchange.answer(sdp.clone());
            self.keep_description(sdp_of(&message));
        }
        if asks == Asks::Prack {
            let mut builder = cx.response(key, &message, 200);
            push_sdp(&mut builder, Some(&sdp));
            cx.respond(key, 200, builder.finish());
            return true;
        }
        self.dialog.refresh_target(&message);
        let bytes = self.agreement(key, &message, terms, Some(&sdp), cx);
        cx.respond(key, 200, bytes.clone());
        self.begin_session(terms, cx);
        if asks == Asks::Invite {
            let number = message.cseq().map_or(0, |cseq| cseq.number);
            let mut answer = Unacknowledged::new(key, number, bytes, cx.now());
            answer.offered = wants_offer;
            self.business = Business::Unacknowledged(Box::new(answer));
        }
        true
    }

    /// Our side refuses; whether anything waited for it.
    pub(in crate::usage) fn refuse_offer(
        &mut self,
        status: u16,
        headers: &[(Name<'_>, String)],
        cx: &mut Cx<'_, '_>,
    ) -> bool {
        let Some(theirs) = self.take_theirs() else {
            return false;
        };
        self.exchange.fall_back();
        let status = status.clamp(300, 699);
        let mut answer = cx.response(theirs.key, &theirs.message, status);
        for (name, value) in headers {
            answer.text(*name, value);
        }
        let bytes = answer.finish();
        cx.respond(theirs.key, status, bytes);
        true
    }

    fn take_theirs(&mut self) -> Option<Theirs> {
        match std::mem::replace(&mut self.business, Business::Idle) {
            Business::Theirs(theirs) => Some(*theirs),
            other @ (Business::Idle
            | Business::Ours(_)
            | Business::Confirming { .. }
            | Business::Unacknowledged(_)) => {
                self.business = other;
                None
            }
        }
    }

    fn agreement(
        &self,
        key: ServerKey,
        request: &Message,
        terms: Option<Terms>,
        sdp: Option<&Bytes>,
        cx: &Cx<'_, '_>,
    ) -> Bytes {
        let supported = match self.stage {
            Stage::Early => SUPPORTED,
            Stage::Confirmed => SUPPORTED_PLAINLY,
        };
        let mut builder: Builder = cx.response(key, request, 200);
        push_identity(&mut builder, cx.config, supported);
        if let Some(terms) = terms {
            terms.push_response(&mut builder);
        }
        push_sdp(&mut builder, sdp);
        builder.finish()
    }

    fn begin_session(&mut self, terms: Option<Terms>, cx: &Cx<'_, '_>) {
        if self.stage == Stage::Confirmed {
            self.session = terms.map(|terms| SessionTimer::begin(terms, cx.now()));
        }
    }

    /// The peer takes its request back, or its transaction ended without an answer.
    pub(in crate::usage) fn withdrawn(&mut self, key: ServerKey, status: u16, cx: &mut Cx<'_, '_>) {
        let is_that = matches!(&self.business, Business::Theirs(theirs) if theirs.key == key);
        if is_that && self.refuse_offer(status, &[], cx) {
            cx.tell(Event::OfferWithdrawn);
        }
    }

    /// An ACK; whether it was the one our 2xx waited for.
    pub(in crate::usage) fn acknowledged(&mut self, ack: &Message, cx: &mut Cx<'_, '_>) -> bool {
        let number = ack.cseq().map(|cseq| cseq.number);
        let Business::Unacknowledged(answer) = &self.business else {
            return false;
        };
        if number != Ok(answer.number) || !self.dialog.is_from_peer(ack) {
            return false;
        }
        let (offered, first) = (answer.offered, answer.first);
        self.business = Business::Idle;
        let sdp = sdp_of(ack).filter(|_| offered);
        match (offered, sdp.is_some()) {
            (true, true) => self.exchange.answered(),
            (true, false) => self.exchange.fall_back(),
            (false, _) => {}
        }
        if offered || first {
            cx.tell(Event::Confirmed { sdp });
        }
        true
    }

    fn implied_ack(&mut self, cx: &mut Cx<'_, '_>) {
        if let Business::Unacknowledged(answer) = &self.business {
            let first = answer.first;
            self.business = Business::Idle;
            if first {
                cx.tell(Event::Confirmed { sdp: None });
            }
        }
    }

    /// Does what is due in the dialog.
    pub(in crate::usage) fn expire(&mut self, cx: &mut Cx<'_, '_>) -> Fate {
        let now = cx.now();
        match &mut self.business {
            Business::Idle => {}
            Business::Ours(_) => return self.limit_ours(cx),
            Business::Confirming { give_up, .. } if *give_up <= now => {
                return Fate::Ends(Ending::NoAck);
            }
            Business::Confirming { .. } => {}
            Business::Theirs(theirs) if theirs.patience <= now => {
                let key = theirs.key;
                self.withdrawn(key, TOO_SLOW, cx);
            }
            Business::Theirs(_) => {}
            Business::Unacknowledged(answer) if answer.is_given_up(now) => {
                return Fate::Ends(Ending::NoAck);
            }
            Business::Unacknowledged(answer) => {
                if answer.repeat_due(now) {
                    let (key, bytes) = (answer.key, answer.response.clone());
                    cx.respond(key, 200, bytes);
                }
            }
        }
        Fate::GoesOn
    }
}
