//! Phones that ring beside a call: whoever answers is told of the call by who is shown and by a
//! signal, and is not in it. What they do makes no difference to the call, which ends them with it.

use super::Draft;
use crate::leg::{Leg, Role};
use crate::{
    Beside, Call, EndReason, LegFact, LegId, LegOrder, LegStage, MediaOrder, Output, Party, Prompt,
    Speaks, What,
};

impl Call {
    /// Whether a leg is told of the call and is not in it.
    #[must_use]
    pub fn is_beside(&self, leg: LegId) -> bool {
        self.find(leg).is_some_and(|leg| leg.role == Role::Beside)
    }

    /// Whether any phone rings beside the call.
    pub(crate) fn rings_beside(&self) -> bool {
        self.state.legs.iter().any(Leg::rings_beside)
    }

    /// Rings phones beside the call. They are offered what the caller offers; for a caller who
    /// offers nothing there is nothing that they could be asked for.
    pub(crate) fn ring_beside(&mut self, beside: Beside, draft: &mut Draft<'_>) {
        let caller = self.find(LegId::FIRST);
        let Some(offer) = caller.and_then(|caller| caller.description.clone()) else {
            return;
        };
        let from = Party {
            number: beside.number,
            display: beside.display,
            ..Party::default()
        };
        for leg in self.dial_all(beside.targets, Some(&offer), &from, draft) {
            if let Some(found) = self.find_mut(leg) {
                found.role = Role::Beside;
            }
        }
    }

    /// What has happened to a leg beside the call.
    pub(crate) fn beside_fact(&mut self, leg: LegId, fact: LegFact, draft: &mut Draft<'_>) {
        match fact {
            LegFact::Ringing | LegFact::Progressed { .. } => {
                let found = self.find_mut(leg).filter(|leg| leg.rings_beside());
                if let Some(found) = found {
                    found.stage = LegStage::Ringing;
                }
            }
            LegFact::Answered { description } => {
                if let Some(found) = self.find_mut(leg).filter(|leg| leg.rings_beside()) {
                    found.stage = LegStage::Up;
                    found.description = description;
                    self.note(What::AnsweredBeside(leg), draft);
                    draft.push(Output::Media(MediaOrder::Play(leg, Prompt::Alert)));
                    self.stop_beside(&EndReason::answered_elsewhere(), draft);
                }
            }
            LegFact::Refused { status, reason } => self.close_leg(leg, status, &reason, draft),
            LegFact::Redirected { status, .. } => {
                self.close_leg(leg, status, "would have it sent on", draft);
            }
            LegFact::Unreachable(_) => self.close_leg(leg, 480, "not reached", draft),
            LegFact::Ended | LegFact::Cancelled => self.close_leg(leg, 200, "hung up", draft),
            LegFact::Lost(_) => self.close_leg(leg, 408, "a phone is gone", draft),
            LegFact::Offered { .. } => {
                draft.order(leg, LegOrder::AnswerReofferLocally(Speaks::Prompts))
            }
            LegFact::Referred { .. } => draft.order(leg, LegOrder::RefuseReferral { status: 403 }),
            LegFact::Confirmed { .. }
            | LegFact::ReofferAnswered { .. }
            | LegFact::ReofferRefused { .. }
            | LegFact::FellSilent
            | LegFact::HeardAgain
            | LegFact::AnsweredBy(_)
            | LegFact::Beeped
            | LegFact::Informed { .. } => {}
        }
    }

    /// Nobody has answered beside the call for long enough.
    pub(crate) fn beside_timeout(&mut self, draft: &mut Draft<'_>) {
        let reason = EndReason {
            status: None,
            cause: 19,
            text: "No answer".into(),
        };
        self.stop_beside(&reason, draft);
    }

    fn stop_beside(&mut self, reason: &EndReason, draft: &mut Draft<'_>) {
        let ringing = self.state.legs.iter().filter(|leg| leg.rings_beside());
        let ringing: Vec<LegId> = ringing.map(|leg| leg.id).collect();
        for leg in ringing {
            let reason = reason.clone();
            let text = reason.text.clone();
            draft.order(leg, LegOrder::Cancel { reason });
            self.close_leg(leg, 487, &text, draft);
        }
    }
}
