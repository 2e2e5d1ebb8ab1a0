//! Offers within the call: hold, resume, a new codec, a new address. One side's offer becomes the
//! other side's, and its answer comes back the same way.

use super::Draft;
use super::guest::speaks;
use crate::leg::Pending;
use crate::{Bridge, Call, EndReason, LegId, LegOrder, LegStage, Speaks, What};
use domain::{End, Fault};
use sdp::Description;

/// Two offers crossed (RFC 3261 §14.1).
const GLARE: u16 = 491;

impl Call {
    pub(crate) fn offered(
        &mut self,
        leg: LegId,
        description: Option<Description>,
        draft: &mut Draft<'_>,
    ) {
        // an offer of a fax by our own machine waits to be repeated then, having crossed another
        if self
            .pending(leg)
            .is_some_and(|pending| pending != Pending::Fax)
        {
            return draft.order(leg, LegOrder::RefuseReoffer { status: GLARE });
        }
        match self.state.bridge {
            Bridge::Legs(..) if self.state.bridge.joins(leg) => {
                self.pass_offer(leg, description, draft);
            }
            Bridge::Legs(..) | Bridge::Guest(..) | Bridge::Open => {
                if let Some(offer) = &description {
                    self.note_own_fax(leg, offer, draft);
                }
                self.remember(leg, description, draft);
                let guest = self.state.bridge.guest_of(leg);
                let speaks = guest.map_or(Speaks::Prompts, speaks);
                draft.order(leg, LegOrder::AnswerReofferLocally(speaks));
            }
        }
    }

    fn pass_offer(&mut self, leg: LegId, description: Option<Description>, draft: &mut Draft<'_>) {
        let ready = self
            .talking_peer(leg)
            .filter(|peer| self.pending(*peer).is_none());
        let up = self.find(leg).is_some_and(|leg| leg.stage == LegStage::Up);
        let Some(peer) = ready.filter(|_| up) else {
            return draft.order(leg, LegOrder::RefuseReoffer { status: GLARE });
        };
        self.set_pending(
            leg,
            Some(Pending::Waiting {
                late: description.is_none(),
                held: self.find(leg).is_some_and(|leg| leg.holding),
            }),
        );
        self.set_pending(peer, Some(Pending::ForPeer(leg)));
        if let Some(found) = self.find_mut(leg) {
            found.before_offer = found.description.clone().map(Box::new);
        }
        self.remember(leg, description.clone(), draft);
        let description = description.map(|offer| self.offered_to(peer, offer));
        draft.order(peer, LegOrder::Reoffer { description });
    }

    /// Keeps what a party said of its media, and notes when it holds or resumes.
    fn remember(&mut self, leg: LegId, description: Option<Description>, draft: &mut Draft<'_>) {
        let Some(description) = description else {
            return;
        };
        let holds = description.is_hold();
        if let Some(found) = self.find_mut(leg) {
            found.description = Some(description);
            self.set_holding(leg, holds, draft);
        }
    }

    /// An offer that was refused changes nothing (RFC 3261 §14.1): the party's media are what it
    /// said before, and a hold by it is none.
    fn undo_offer(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        if let Some(found) = self.find_mut(leg)
            && let Some(before) = found.before_offer.take()
        {
            found.description = Some(*before);
        }
        if let Some(Pending::Waiting { held, .. }) = self.pending(leg) {
            self.set_holding(leg, held, draft);
        }
    }

    fn set_holding(&mut self, leg: LegId, holds: bool, draft: &mut Draft<'_>) {
        let Some(found) = self.find_mut(leg).filter(|leg| leg.holding != holds) else {
            return;
        };
        found.holding = holds;
        let what = if holds {
            What::Held(leg)
        } else {
            What::Resumed(leg)
        };
        self.note(what, draft);
    }

    pub(crate) fn reoffer_answered(
        &mut self,
        leg: LegId,
        description: Option<Description>,
        draft: &mut Draft<'_>,
    ) {
        let Some(pending) = self.pending(leg) else {
            return;
        };
        match pending {
            Pending::ForPeer(peer) => self.answer_peer(leg, peer, description, draft),
            Pending::ThenOffer(other) => {
                self.set_pending(leg, None);
                if let (Some(description), Some(found)) = (description, self.find_mut(leg)) {
                    found.description = Some(description.clone());
                    self.reoffer(other, description, Pending::Settle, draft);
                }
            }
            Pending::Settle => {
                self.set_pending(leg, None);
                if let (Some(description), Some(found)) = (description, self.find_mut(leg)) {
                    found.description = Some(description);
                }
            }
            Pending::Fax => self.fax_answered(leg, description, draft),
            Pending::Waiting { .. } | Pending::LateAnswer(_) => {}
        }
    }

    fn answer_peer(
        &mut self,
        leg: LegId,
        peer: LegId,
        description: Option<Description>,
        draft: &mut Draft<'_>,
    ) {
        self.set_pending(leg, None);
        let late = matches!(
            self.pending(peer),
            Some(Pending::Waiting { late: true, .. })
        );
        let Some(description) = description else {
            self.undo_offer(peer, draft);
            self.set_pending(peer, None);
            return draft.order(peer, LegOrder::RefuseReoffer { status: 488 });
        };
        self.set_pending(peer, late.then_some(Pending::LateAnswer(leg)));
        if let Some(found) = self.find_mut(peer) {
            found.before_offer = None;
        }
        if !late {
            self.note_fax(leg, peer, &description, draft);
            let before = self.find(leg).and_then(|leg| leg.description.clone());
            self.note_video(peer, &description, before.as_ref(), draft);
        }
        if let Some(found) = self.find_mut(leg) {
            found.description = Some(description.clone());
        }
        let told = if late {
            self.offered_to(peer, description.clone())
        } else {
            self.answered_to(peer, description.clone())
        };
        match self.find_mut(peer) {
            // A phone that takes another's place gets its first answer this way.
            Some(found) if found.stage == LegStage::Calling => {
                found.stage = LegStage::Up;
                draft.order(
                    peer,
                    LegOrder::Answer {
                        description: Some(description),
                    },
                );
                self.note(What::Answered(peer), draft);
            }
            Some(_) => {
                draft.order(peer, LegOrder::AnswerReoffer { description: told });
                self.entertain(draft);
            }
            None => {}
        }
    }

    pub(crate) fn reoffer_refused(&mut self, leg: LegId, status: u16, draft: &mut Draft<'_>) {
        let Some(pending) = self.pending(leg) else {
            return;
        };
        match pending {
            Pending::ForPeer(peer) => {
                self.set_pending(leg, None);
                self.note_no_fax(peer, status, draft);
                self.undo_offer(peer, draft);
                self.set_pending(peer, None);
                if self
                    .find(peer)
                    .is_some_and(|peer| peer.stage == LegStage::Calling)
                {
                    let text = "the party that stayed refused the phone that took over";
                    let end = End {
                        cause: 88,
                        sip_status: 488,
                        reason: text.into(),
                        by: Fault::Callee,
                    };
                    let reason = EndReason {
                        status: None,
                        cause: 88,
                        text: text.into(),
                    };
                    return self.release(end, reason, draft);
                }
                draft.order(peer, LegOrder::RefuseReoffer { status });
            }
            // After a transfer the old media still flows through us: the call goes on.
            Pending::ThenOffer(_) | Pending::Settle => {
                self.set_pending(leg, None);
                let because = format!("a party refused new media with {status}; the old one stays");
                self.explain("media.reoffer_refused", because, draft);
            }
            Pending::Fax => self.fax_refused(leg, status, draft),
            Pending::Waiting { .. } | Pending::LateAnswer(_) => {}
        }
    }

    /// The caller acknowledged; with a late offer this carries the answer.
    pub(crate) fn confirmed(
        &mut self,
        leg: LegId,
        description: Option<Description>,
        draft: &mut Draft<'_>,
    ) {
        let Some(Pending::LateAnswer(other)) = self.pending(leg) else {
            // A caller that left the offer to a guest says only now what it understands.
            if let (Bridge::Guest(at, guest), true) = (self.state.bridge, description.is_some())
                && at == leg
            {
                self.visit(leg, guest, draft);
            }
            return;
        };
        self.set_pending(leg, None);
        self.state.late_until = None;
        let Some(description) = description else {
            let text = "the acknowledgement lacked the answer to a late offer";
            self.explain("media.no_answer", text, draft);
            let end = End {
                cause: 88,
                sip_status: 488,
                reason: text.into(),
                by: Fault::Caller,
            };
            let reason = EndReason {
                status: Some(488),
                cause: 88,
                text: text.into(),
            };
            return self.release(end, reason, draft);
        };
        self.note_fax(leg, other, &description, draft);
        self.remember(leg, Some(description.clone()), draft);
        let description = self.answered_to(other, description);
        draft.order(other, LegOrder::Confirm { description });
        self.entertain(draft);
    }

    /// Offers media to a leg on our own account. A leg that is busy with another offer keeps its
    /// media as it is: the next offer of either side puts it right.
    pub(crate) fn reoffer(
        &mut self,
        leg: LegId,
        description: Description,
        pending: Pending,
        draft: &mut Draft<'_>,
    ) {
        let Some(found) = self.find_mut(leg).filter(|leg| leg.pending.is_none()) else {
            return;
        };
        found.pending = Some(pending);
        draft.order(
            leg,
            LegOrder::Reoffer {
                description: Some(description),
            },
        );
    }
}
