//! Pickup: a phone answers in the place of one that rings, as a lamp's key asks for (INVITE with
//! Replaces of an early dialog, RFC 3891 §3).

use super::{Draft, FIRST, Stage};
use crate::leg::{Leg, Role, Wish};
use crate::limits::LEGS_MAX;
use crate::{AdoptError, Call, EndReason, LegId, LegOrder, LegStage, Output, Party, What};
use machine::Instant;
use routing::Caller;
use sdp::Description;

impl Call {
    /// Whether a leg is one that rings for the caller, so that another phone may answer for it.
    #[must_use]
    pub fn is_rung(&self, leg: LegId) -> bool {
        let ringing = self.find(leg).is_some_and(Leg::is_ringing);
        // whoever answers a guest is no party that could be answered with another's offer
        let begun = self.begun_by().is_some();
        ringing && !begun && matches!(self.state.stage, Stage::Dialling(_))
    }

    /// Another phone answers the caller while `rung` still rings; all that ring are told that the
    /// call was completed elsewhere. Both the caller and the new party have made an offer: both
    /// are answered with what the two have in common.
    ///
    /// # Errors
    /// [`AdoptError::NotReady`] when the leg does not ring for the caller, one of the two made no
    /// offer, or they have no codec in common; nothing has changed then.
    pub fn pick_up(
        &mut self,
        rung: LegId,
        caller: Caller,
        offer: Option<Description>,
        now: Instant,
        out: &mut Vec<Output>,
    ) -> Result<LegId, AdoptError> {
        let next = self.state.legs.len();
        let id = LegId::new(next).filter(|_| next < LEGS_MAX);
        let id = id.ok_or(AdoptError::NotReady)?;
        let waits = |leg: &&Leg| leg.stage == LegStage::Calling;
        let waiting = self.find(FIRST).filter(waits);
        let calling = waiting.and_then(|leg| leg.description.as_ref());
        let (Some(calling), Some(offer)) = (calling, offer) else {
            return Err(AdoptError::NotReady);
        };
        if !self.is_rung(rung) {
            return Err(AdoptError::NotReady);
        }
        let met = sdp::meet(calling, &offer).map_err(|_| AdoptError::NotReady)?;
        let mut draft = Draft::new(now, out);
        let number = caller.number.clone();
        self.seat_picker(id, caller, offer, &mut draft);
        self.explain(
            "call.picked_up",
            format!("{number} picked it up"),
            &mut draft,
        );
        self.cancel_ringing(id, &EndReason::answered_elsewhere(), &mut draft);
        self.state.stage = Stage::Talking;
        self.state.answered = Some(now);
        for (leg, description) in [(FIRST, met.0), (id, met.1)] {
            if let Some(found) = self.find_mut(leg) {
                found.stage = LegStage::Up;
            }
            let description = Some(description);
            draft.order(leg, LegOrder::Answer { description });
            self.note(What::Answered(leg), &mut draft);
        }
        self.join(FIRST, id, &mut draft);
        Ok(id)
    }

    fn seat_picker(
        &mut self,
        id: LegId,
        caller: Caller,
        offer: Description,
        draft: &mut Draft<'_>,
    ) {
        let leg = Leg {
            id,
            role: Role::Party,
            direction: crate::Direction::Inbound,
            party: Party::calling(caller),
            stage: LegStage::Calling,
            description: Some(offer),
            before_offer: None,
            holding: false,
            silent: false,
            silences: 0,
            hears_music: false,
            pending: None,
            wish: Wish::Unsaid,
        };
        self.add_leg(leg, draft);
    }
}
