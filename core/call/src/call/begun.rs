//! A call that no phone has begun, but a party of the exchange: it calls, and is connected with
//! whoever answers.
//!
//! The guest has the caller's place. Its leg is the first, so that plans, forwards, carriers and
//! the record know it as they know any caller; nothing is ordered of it, for nobody is at its end.

use super::dialling::Dialling;
use super::release::Answer;
use super::{Draft, FIRST, Stage, State};
use crate::leg::Role;
use crate::{Call, Config, DialPlan, LegId, LegStage, Output, Party, What};
use ids::CallId;
use machine::Instant;
use routing::{Caller, Guest, Refusal};
use sdp::Description;
use tenancy::TenantScope;

/// The rule that explains that a guest was to call another.
const RULE: &str = "guest.calls_guest";

/// A call that is to be begun.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The call's own id.
    pub id: CallId,
    /// Who begins it.
    pub guest: Guest,
    /// On whose behalf, as whoever is called sees it: an extension, without a device.
    pub caller: Caller,
    /// What is called.
    pub dialled: String,
    /// What the guest speaks; where it is heard is not for the call to say.
    pub offer: Description,
    /// Where it goes. Nobody who calls for help is a guest.
    pub plan: DialPlan,
    /// Its bounds.
    pub config: Config,
}

impl Call {
    /// Begins a call of a guest's for the tenant of `scope`; the outputs already dial, or end it.
    #[must_use]
    pub fn outgoing(
        scope: TenantScope,
        outgoing: Outgoing,
        now: Instant,
        out: &mut Vec<Output>,
    ) -> Call {
        let Outgoing {
            id,
            guest,
            caller,
            dialled,
            offer,
            plan,
            config,
        } = outgoing;
        let (steps, why) = (plan.steps, plan.explanation);
        let dialling = Dialling::new(steps, false);
        let state = State::new(id, (caller.clone(), dialled), config, dialling, now);
        let mut call = Call { scope, state };
        let mut draft = Draft::new(now, out);
        draft.mute = Some(FIRST);
        let seat = (Role::Guest(guest), Party::calling(caller), Some(offer));
        call.begin(seat, &why, &mut draft);
        call
    }

    /// The guest that has begun the call.
    #[must_use]
    pub fn begun_by(&self) -> Option<Guest> {
        match self.state.legs.first()?.role {
            Role::Guest(guest) => Some(guest),
            Role::Party | Role::Beside => None,
        }
    }

    /// Where what follows from an input is collected.
    pub(super) fn draft<'a>(&self, now: Instant, out: &'a mut Vec<Output>) -> Draft<'a> {
        let mut draft = Draft::new(now, out);
        draft.mute = self.begun_by().map(|_| FIRST);
        draft
    }

    /// Somebody answers a guest's call, and is connected with it; false where no guest has begun
    /// the call.
    pub(super) fn met(&mut self, leg: LegId, draft: &mut Draft<'_>) -> bool {
        let Some(guest) = self.begun_by() else {
            return false;
        };
        if let Some(caller) = self.find_mut(FIRST) {
            caller.stage = LegStage::Up;
        }
        self.state.stage = Stage::Talking;
        self.state.answered = Some(draft.now);
        self.note(What::Answered(FIRST), draft);
        self.visit(leg, guest, draft);
        true
    }

    /// The call of a guest leads to another: neither has a leg that the other could be heard by.
    pub(super) fn meets_guest(&mut self, draft: &mut Draft<'_>) {
        let because = "a party of the exchange calls no other";
        self.explain(RULE, because, draft);
        self.refuse_caller(Answer::of(Refusal::FORBIDDEN), draft);
    }
}
