//! Ringing phones and choosing among their answers.

use super::dialling::cause_of;
use super::release::{Answer, best_of};
use super::{Draft, FIRST, Stage};
use crate::leg::{Leg, Pending};
use crate::{
    Call, Contact, DialStep, EndReason, LegId, LegOrder, LegStage, Party, Unreachable, What,
};
use domain::{DivertReason, End, Fault};
use routing::{Refusal, Verdict};
use sdp::Description;
use std::time::Duration;

impl Call {
    /// Tries the next step of the plan; without one, refuses the caller.
    pub(crate) fn advance(&mut self, draft: &mut Draft<'_>) {
        loop {
            let Stage::Dialling(dialling) = &mut self.state.stage else {
                return;
            };
            dialling.until = None;
            let best = dialling.best.clone();
            match dialling.steps.pop_front() {
                None => {
                    let answer = best.unwrap_or_else(|| Answer::of(Refusal::UNAVAILABLE));
                    return self.refuse_caller(answer, draft);
                }
                Some(DialStep::Refuse(refusal)) => {
                    return self.refuse_caller(Answer::of(refusal), draft);
                }
                Some(DialStep::Capped(because)) => {
                    return self.refuse_caller(Answer::capped(because), draft);
                }
                Some(DialStep::Guest(_)) if self.begun_by().is_some() => {
                    return self.meets_guest(draft);
                }
                Some(DialStep::Guest(guest)) => return self.answer_as(guest, draft),
                Some(DialStep::Divert(diversion)) => self.divert(diversion, draft),
                Some(DialStep::Forward(diversion)) => {
                    // all others are for what rang before, and have been looked at then
                    if diversion.reason == DivertReason::Phone {
                        return self.go_on_by(diversion, draft);
                    }
                }
                Some(DialStep::Trunk(call)) => {
                    if self.try_trunk(call, draft) {
                        return;
                    }
                }
                Some(DialStep::Ring {
                    number,
                    targets,
                    timeout,
                }) => {
                    let rings = self.ring(&number, targets, timeout, draft);
                    if rings || self.goes_on(draft) {
                        return;
                    }
                }
            }
        }
    }

    fn ring(
        &mut self,
        number: &str,
        targets: Vec<Contact>,
        timeout: Duration,
        draft: &mut Draft<'_>,
    ) -> bool {
        if let Stage::Dialling(dialling) = &mut self.state.stage {
            let nobody = targets.is_empty().then_some(DivertReason::Unreachable);
            dialling.cause = nobody;
            dialling.carrier = None;
        }
        if targets.is_empty() {
            let because = format!("no device of {number} is registered");
            self.explain("registration.none", because, draft);
            return false;
        }
        let offer = self
            .find(FIRST)
            .and_then(|caller| caller.description.clone());
        let from = self.caller_party();
        let rung = self.dial_all(targets, offer.as_ref(), &from, draft);
        if let Stage::Dialling(dialling) = &mut self.state.stage {
            dialling.until = Some(draft.now + timeout);
        }
        !rung.is_empty()
    }

    /// Dials every target with the same offer and the same caller shown.
    pub(crate) fn dial_all(
        &mut self,
        targets: Vec<Contact>,
        offer: Option<&Description>,
        from: &Party,
        draft: &mut Draft<'_>,
    ) -> Vec<LegId> {
        let mut rung = Vec::new();
        for target in targets.into_iter().take(self.state.config.fork_max) {
            let Contact {
                device,
                extension,
                number,
                display,
                slot,
            } = target;
            let party = Party {
                device: Some(device),
                extension: Some(extension),
                trunk: None,
                number,
                display,
            };
            let Some(leg) = self.open_leg(party, draft) else {
                break;
            };
            rung.push(leg);
            draft.order(
                leg,
                LegOrder::Dial {
                    device,
                    slot,
                    offer: offer.cloned(),
                    number: from.number.clone(),
                    display: from.display.clone(),
                },
            );
        }
        rung
    }

    fn caller_party(&self) -> Party {
        self.find(FIRST)
            .map(|leg| leg.party.clone())
            .unwrap_or_default()
    }

    pub(crate) fn callee_rings(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        let Some(found) = self.find_mut(leg) else {
            return;
        };
        if found.stage != LegStage::Dialled {
            return;
        }
        found.stage = LegStage::Ringing;
        self.note(What::Ringing(leg), draft);
        if self.transfer_rings(leg, draft) {
            return;
        }
        if matches!(self.state.stage, Stage::Dialling(_)) {
            draft.order(FIRST, LegOrder::Ring);
        }
    }

    pub(crate) fn progressed(
        &mut self,
        leg: LegId,
        description: Option<Description>,
        draft: &mut Draft<'_>,
    ) {
        self.callee_rings(leg, draft);
        let Some(description) = description else {
            return;
        };
        let Some(found) = self.find_mut(leg).filter(|leg| leg.is_ringing()) else {
            return;
        };
        found.description = Some(description.clone());
        // a guest speaks to whoever has answered
        let hears = self.state.config.early_media && self.begun_by().is_none();
        let offered = hears
            && self
                .find(FIRST)
                .is_some_and(|caller| caller.description.is_some());
        let Stage::Dialling(dialling) = &mut self.state.stage else {
            return;
        };
        // One early voice at a time: the first that speaks keeps the caller's ear until the answer.
        if !offered || dialling.early.is_some_and(|early| early != leg) {
            return;
        }
        dialling.early = Some(leg);
        draft.order(FIRST, LegOrder::Progress { description });
        self.join(FIRST, leg, draft);
    }

    pub(crate) fn answered(
        &mut self,
        leg: LegId,
        description: Option<Description>,
        draft: &mut Draft<'_>,
    ) {
        let late = self
            .find(FIRST)
            .is_some_and(|caller| caller.description.is_none());
        let Some(found) = self.find_mut(leg).filter(|leg| leg.is_ringing()) else {
            return;
        };
        if description.is_some() {
            found.description = description;
        }
        let Some(description) = found.description.clone() else {
            // An answer without media answers nothing (RFC 3264 §4).
            draft.order(leg, LegOrder::HangUp { reason: no_media() });
            return self.refused(leg, 488, "answered without a description", draft);
        };
        found.stage = LegStage::Up;
        self.note(What::Answered(leg), draft);
        if self.transfer_answered(leg, draft) || !matches!(self.state.stage, Stage::Dialling(_)) {
            return;
        }
        self.cancel_ringing(leg, &EndReason::answered_elsewhere(), draft);
        if self.met(leg, draft) {
            return;
        }
        if let Some(caller) = self.find_mut(FIRST) {
            caller.stage = LegStage::Up;
            caller.pending = late.then_some(Pending::LateAnswer(leg));
        }
        self.state.late_until = late.then(|| draft.now + self.state.config.late_answer);
        self.state.stage = Stage::Talking;
        self.state.answered = Some(draft.now);
        if !late {
            self.note_video(FIRST, &description, None, draft);
        }
        draft.order(
            FIRST,
            LegOrder::Answer {
                description: Some(description),
            },
        );
        self.note(What::Answered(FIRST), draft);
        self.join(FIRST, leg, draft);
    }

    /// Cancels every ringing leg but one.
    pub(crate) fn cancel_ringing(
        &mut self,
        except: LegId,
        reason: &EndReason,
        draft: &mut Draft<'_>,
    ) {
        let ringing: Vec<LegId> = self
            .state
            .legs
            .iter()
            .filter(|leg| leg.is_ringing() && leg.id != except)
            .map(|leg| leg.id)
            .collect();
        for leg in ringing {
            draft.order(
                leg,
                LegOrder::Cancel {
                    reason: reason.clone(),
                },
            );
            self.close_leg(leg, 487, &reason.text, draft);
        }
    }

    pub(crate) fn unreachable(&mut self, leg: LegId, why: Unreachable, draft: &mut Draft<'_>) {
        if let Stage::Dialling(dialling) = &mut self.state.stage {
            dialling.unheard(leg);
        }
        let party = self.find(leg).map(|leg| &leg.party);
        let trunk = party.and_then(|party| Some(party.trunk.as_ref()?.trunk));
        match why {
            Unreachable::Timeout => self.refused(leg, 408, "no answer from the device", draft),
            Unreachable::Transport => self.refused(leg, 480, "the network refused", draft),
            Unreachable::NoCodec => {
                if let Some(trunk) = trunk {
                    let because = "it takes none of the codecs that are offered";
                    self.passes_by(trunk, ("trunk.codecs", because), draft);
                }
                self.refused(leg, 488, "the trunk takes none of these codecs", draft);
            }
            Unreachable::Full(full) => {
                if let Some(trunk) = trunk {
                    let because = full.to_string();
                    self.passes_by(trunk, (full.rule(), &because), draft);
                }
                self.refused(leg, 503, "the trunk has its share", draft);
            }
        }
    }

    pub(crate) fn refused(&mut self, leg: LegId, status: u16, reason: &str, draft: &mut Draft<'_>) {
        // Only who was called can refuse; a leg in the call is lost or hangs up.
        let Some(found) = self.find(leg).filter(|leg| leg.is_ringing()) else {
            return;
        };
        let number = found.party.number.clone();
        let cause = cause_of(status, found.stage);
        let trunk = found.party.trunk.as_ref().map(|by| by.trunk);
        self.close_leg(leg, status, reason, draft);
        self.explain(
            "device.refused",
            format!("{number} answered {status} {reason}"),
            draft,
        );
        if self.transfer_refused(leg, (status, cause), draft) {
            return;
        }
        let Stage::Dialling(dialling) = &mut self.state.stage else {
            return;
        };
        if dialling.early == Some(leg) {
            dialling.early = None;
        }
        let answer = Answer {
            status,
            reason: reason.to_owned(),
            planned: None,
        };
        dialling.best = Some(best_of(dialling.best.take(), answer.clone()));
        dialling.hear(leg, cause);
        let for_help = dialling.for_help;
        let carrier = self.judged((leg, trunk), status, draft);
        if carrier == Some(Verdict::Ends) {
            return self.refuse_caller(answer, draft);
        }
        if status >= 600 && carrier.is_none() && !for_help {
            // The person, not the phone, said no (RFC 3261 §21.6): nobody else is to be rung.
            let declined = EndReason {
                status: Some(status),
                cause: 21,
                text: reason.to_owned(),
            };
            self.cancel_ringing(leg, &declined, draft);
            if self.goes_on(draft) {
                return;
            }
            return self.refuse_caller(answer, draft);
        }
        // a phone that sends the call on is asked for at once, whatever else rings
        if !self.goes_on(draft) && !self.state.legs.iter().any(Leg::is_ringing) {
            self.advance(draft);
        }
    }

    pub(crate) fn ring_timeout(&mut self, draft: &mut Draft<'_>) {
        self.explain("ring.timeout", "nobody answered in time", draft);
        let reason = EndReason {
            status: None,
            cause: 19,
            text: "No answer".into(),
        };
        let Stage::Dialling(dialling) = &mut self.state.stage else {
            return;
        };
        dialling.until = None;
        dialling.early = None;
        dialling.cause = dialling.carrier.is_none().then_some(DivertReason::NoAnswer);
        let answer = Answer {
            status: 480,
            reason: "No answer".into(),
            planned: None,
        };
        dialling.best = Some(best_of(dialling.best.take(), answer));
        // No leg has the number of the caller among those that ring, so nobody is spared.
        self.cancel_ringing(FIRST, &reason, draft);
        if !self.goes_on(draft) {
            self.advance(draft);
        }
    }

    pub(crate) fn caller_cancelled(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        let calling = |leg: &Leg| leg.stage == LegStage::Calling;
        if !self.find(leg).is_some_and(calling) {
            return;
        }
        self.close_leg(leg, 487, "cancelled by the caller", draft);
        let end = End {
            cause: 16,
            sip_status: 487,
            reason: "the caller gave up before the answer".into(),
            by: Fault::Caller,
        };
        self.release(end, EndReason::normal(), draft);
    }
}

fn no_media() -> EndReason {
    EndReason {
        status: Some(488),
        cause: 88,
        text: "The answer described no media".into(),
    }
}
