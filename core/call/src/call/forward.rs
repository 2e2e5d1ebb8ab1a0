//! Sending a call on that was not answered: by the forwards of whoever was called, or because one
//! of the phones says so (RFC 3261 §8.1.3.4). Where it goes is routing's to say, at that moment.

use super::{Draft, FIRST, Stage};
use crate::leg::Leg;
use crate::limits::REDIRECTS_MAX;
use crate::{Call, DialPlan, DialStep, EndReason, LegId, LegOrder, Output, Target, What};
use domain::DivertReason;
use routing::{Caller, Dialled, Diversion, HostClass, Purpose, RouteRequest};

impl Call {
    /// By whom the call was sent on to where it is now, the latest last.
    #[must_use]
    pub fn diversions(&self) -> &[Diversion] {
        &self.state.chain.diversions
    }

    /// How often the call went on elsewhere before it came, and in vain since.
    #[must_use]
    pub fn diverted_earlier(&self) -> u8 {
        self.state.chain.earlier
    }

    /// The call goes on elsewhere from here.
    pub(super) fn divert(&mut self, diversion: Diversion, draft: &mut Draft<'_>) {
        self.state.chain.forget_since(&diversion);
        self.state.chain.push(diversion.clone());
        self.note(What::Diverted(diversion), draft);
        if matches!(self.state.stage, Stage::Dialling(_)) {
            draft.order(FIRST, LegOrder::Forwarded);
        }
    }

    /// Whatever rang has ended in a way that a forward is for: routing is asked where it leads.
    pub(super) fn goes_on(&mut self, draft: &mut Draft<'_>) -> bool {
        let rings = self.state.legs.iter().any(Leg::is_ringing);
        let Stage::Dialling(dialling) = &mut self.state.stage else {
            return false;
        };
        if dialling.asked.is_some() {
            // one after the other: what is asked now may lead somewhere
            return true;
        }
        let Some(diversion) = dialling.take_forward(rings) else {
            return false;
        };
        self.go_on_by(diversion, draft);
        true
    }

    /// Asks where this forward leads, for the caller who waits.
    pub(super) fn go_on_by(&mut self, diversion: Diversion, draft: &mut Draft<'_>) {
        let caller = self.state.caller.clone();
        let token = self.ask_onward(caller, diversion, draft);
        if let Stage::Dialling(dialling) = &mut self.state.stage {
            dialling.asked = Some(token);
        }
    }

    /// Asks routing where a forward leads, for a caller; gives the question's number.
    pub(super) fn ask_onward(
        &mut self,
        caller: Caller,
        diversion: Diversion,
        draft: &mut Draft<'_>,
    ) -> u16 {
        self.state.chain.forget_since(&diversion);
        self.state.next_token = self.state.next_token.wrapping_add(1);
        let token = self.state.next_token;
        let mut diversions = self.state.chain.diversions.clone();
        let dialled = Dialled::own(&diversion.to);
        diversions.push(diversion);
        let request = RouteRequest {
            purpose: Purpose::Forward,
            earlier: self.state.chain.earlier,
            diversions,
            ..RouteRequest::call(caller, dialled)
        };
        draft.push(Output::Route { token, request });
        token
    }

    /// Whether routing was asked this of the caller who waits; if so, what it answered is done.
    /// Nothing changes when that leads nowhere and other phones still ring.
    pub(super) fn forward_routed(
        &mut self,
        token: u16,
        plan: DialPlan,
        draft: &mut Draft<'_>,
    ) -> Option<DialPlan> {
        let Stage::Dialling(dialling) = &mut self.state.stage else {
            return Some(plan);
        };
        if dialling.asked.take_if(|asked| *asked == token).is_none() {
            return Some(plan);
        }
        for reason in plan.explanation.reasons() {
            self.explain_reason(reason.clone(), draft);
        }
        let (steps, leads) = within_reach(plan.steps);
        if leads {
            if let Stage::Dialling(dialling) = &mut self.state.stage {
                dialling.goes_by(steps);
            }
            self.cancel_ringing(FIRST, &sent_on(), draft);
            self.advance(draft);
        } else if !self.goes_on(draft) && !self.state.legs.iter().any(Leg::is_ringing) {
            self.advance(draft);
        }
        None
    }

    /// A phone sends the call on: all others of those that ring are spared, once it is known that
    /// this leads anywhere.
    pub(crate) fn redirected(
        &mut self,
        leg: LegId,
        status: u16,
        targets: Vec<Target>,
        draft: &mut Draft<'_>,
    ) {
        let Some(found) = self.find(leg).filter(|leg| leg.is_ringing()) else {
            return;
        };
        let party = found.party.clone();
        let to = self.redirections(&party.number, targets, draft);
        let Stage::Dialling(dialling) = &mut self.state.stage else {
            // the new party of a transfer is whom the transferor has named, or nobody
            return self.refused(leg, status, "sent the call on", draft);
        };
        let (Some(extension), Some(device)) = (party.extension, party.device) else {
            return self.refused(leg, status, "sent the call on", draft);
        };
        let by_phone = |to| Diversion {
            by: extension,
            number: party.number.clone(),
            display: party.display.clone(),
            device: Some(device),
            reason: DivertReason::Phone,
            to,
            outside: None,
        };
        for to in to.into_iter().rev() {
            dialling.next_comes(DialStep::Forward(by_phone(to)));
        }
        self.refused(leg, status, "sent the call on", draft);
    }

    /// The numbers that a phone sends a call on to, as far as they are the company's business.
    fn redirections(
        &mut self,
        number: &str,
        targets: Vec<Target>,
        draft: &mut Draft<'_>,
    ) -> Vec<String> {
        let mut all = Vec::new();
        for target in targets.into_iter().take(REDIRECTS_MAX) {
            let user = target.user;
            let (rule, because) = match target.host {
                HostClass::Own if !user.is_empty() => {
                    let because = format!("a phone of {number} sends the call on to {user}");
                    all.push(user);
                    ("device.redirected", because)
                }
                HostClass::Own | HostClass::Foreign => {
                    let because =
                        format!("a phone of {number} sends the call on to a strange place");
                    ("device.redirected_astray", because)
                }
            };
            self.explain(rule, because, draft);
        }
        all
    }
}

/// The steps that may be taken in the place of a forward, and whether they lead anywhere. What is
/// refused there is told to nobody: the caller hears what the phones have said.
fn within_reach(steps: Vec<DialStep>) -> (Vec<DialStep>, bool) {
    let goes = |step: &DialStep| !matches!(step, DialStep::Refuse(_) | DialStep::Capped(_));
    let steps: Vec<DialStep> = steps.into_iter().filter(goes).collect();
    let mut acts = steps.iter();
    let leads = acts.any(|step| !matches!(step, DialStep::Divert(_)));
    (steps, leads)
}

/// Why phones stop ringing whose call goes on elsewhere (Q.850: non-selected user clearing).
fn sent_on() -> EndReason {
    EndReason {
        status: None,
        cause: 26,
        text: "Call forwarded".into(),
    }
}
