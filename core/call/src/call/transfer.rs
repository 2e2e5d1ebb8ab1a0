//! Sending a party on: blind (REFER, RFC 3515, RFC 5589 §6), and what follows once a target rings,
//! however it came into the call.

use super::Draft;
use super::guest::speaks;
use super::onward::Onward;
use crate::leg::Pending;
use crate::{
    Bridge, Call, Config, DialPlan, DialStep, EndReason, LegId, LegOrder, MediaOrder, Output,
    Party, Prompt, Target, What,
};
use domain::{DivertReason, End, Fault};
use machine::Instant;
use routing::{Caller, Dialled, Diversion, Guest, Purpose, Refusal, RouteRequest};
use sdp::{Description, Direction as MediaDirection};
use std::time::Duration;

/// A transfer under way.
#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    transferor: LegId,
    transferee: LegId,
    progress: Progress,
}

#[derive(Clone, Debug)]
enum Progress {
    /// Routing was asked where the target leads.
    Asked { token: u16 },
    /// The new party's phones ring.
    Ringing {
        targets: Vec<LegId>,
        until: Instant,
        /// They were offered the transferee's own media, not the transferor's.
        knows_transferee: bool,
        /// Where the call goes on to when they do not answer.
        onward: Onward,
    },
}

impl Transfer {
    /// A transfer of which routing was asked where it leads.
    pub(super) fn asked(transferor: LegId, transferee: LegId, token: u16) -> Transfer {
        Transfer {
            transferor,
            transferee,
            progress: Progress::Asked { token },
        }
    }

    pub(crate) fn until(&self) -> Option<Instant> {
        match &self.progress {
            Progress::Asked { .. } => None,
            Progress::Ringing { until, .. } => Some(*until),
        }
    }

    fn rings(&self, leg: LegId) -> bool {
        match &self.progress {
            Progress::Asked { .. } => false,
            Progress::Ringing { targets, .. } => targets.contains(&leg),
        }
    }
}

impl Call {
    pub(crate) fn referred(&mut self, leg: LegId, target: Target, draft: &mut Draft<'_>) {
        let peer = self.talking_peer(leg);
        let (Some(transferee), None) = (peer, &self.state.transfer) else {
            return draft.order(leg, LegOrder::RefuseReferral { status: 603 });
        };
        let Some(party) = self.find(leg).map(|leg| leg.party.clone()) else {
            return;
        };
        self.state.chain.begin_anew();
        self.state.next_token = self.state.next_token.wrapping_add(1);
        let token = self.state.next_token;
        self.state.transfer = Some(Transfer::asked(leg, transferee, token));
        draft.order(leg, LegOrder::AcceptReferral);
        draft.order(
            leg,
            LegOrder::NotifyReferral {
                status: 100,
                done: false,
            },
        );
        self.note(
            What::TransferRequested {
                by: leg,
                to: target.user.clone(),
                attended: false,
            },
            draft,
        );
        let caller = as_caller(party);
        let dialled = Dialled {
            user: target.user,
            host: target.host,
        };
        let request = RouteRequest {
            purpose: Purpose::Transfer,
            ..RouteRequest::call(caller, dialled)
        };
        draft.push(Output::Route { token, request });
    }

    pub(crate) fn routed(&mut self, token: u16, plan: DialPlan, draft: &mut Draft<'_>) {
        let Some(plan) = self.forward_routed(token, plan, draft) else {
            return;
        };
        let Some(transfer) = &self.state.transfer else {
            return;
        };
        match &transfer.progress {
            Progress::Asked { token: asked } if *asked == token => {}
            Progress::Asked { .. } | Progress::Ringing { .. } => return,
        }
        let transferee = transfer.transferee;
        for reason in plan.explanation.reasons() {
            self.explain_reason(reason.clone(), draft);
        }
        let mut steps = plan.steps.into_iter();
        while let Some(step) = steps.next() {
            match step {
                DialStep::Divert(diversion) => self.divert(diversion, draft),
                DialStep::Forward(_) => {}
                DialStep::Refuse(refusal) => return self.transfer_failed(refusal.status, draft),
                DialStep::Capped(_) => {
                    return self.transfer_failed(Refusal::CONGESTED.status, draft);
                }
                DialStep::Guest(guest) => return self.transfer_to_guest(transferee, guest, draft),
                DialStep::Trunk(_) => {
                    let because = "nobody is sent on to a number outside";
                    self.explain("transfer.to_carrier", because, draft);
                    return self.transfer_failed(Refusal::FORBIDDEN.status, draft);
                }
                DialStep::Ring {
                    number,
                    targets,
                    timeout,
                } if targets.is_empty() => {
                    let because = format!("no device of {number} is registered ({timeout:?})");
                    self.explain("registration.none", because, draft);
                    let mut onward = Onward::of(steps.by_ref(), Some(DivertReason::Unreachable));
                    if let Some(forward) = onward.take() {
                        return self.send_target_on(forward, draft);
                    }
                }
                DialStep::Ring {
                    targets, timeout, ..
                } => {
                    let ring = (targets, timeout, Onward::of(steps, None));
                    return self.ring_for_transfer(transferee, ring, draft);
                }
            }
        }
        self.transfer_failed(480, draft);
    }

    /// The new party forwards the call: routing is asked where that leads.
    fn send_target_on(&mut self, forward: Diversion, draft: &mut Draft<'_>) {
        let Some(transfer) = &self.state.transfer else {
            return;
        };
        let asker = self.state.legs.get(transfer.transferor.index());
        let caller = asker.map(|leg| as_caller(leg.party.clone()));
        let token = self.ask_onward(caller.unwrap_or_default(), forward, draft);
        if let Some(transfer) = &mut self.state.transfer {
            transfer.progress = Progress::Asked { token };
        }
    }

    fn ring_for_transfer(
        &mut self,
        transferee: LegId,
        (targets, timeout, onward): (Vec<crate::Contact>, Duration, Onward),
        draft: &mut Draft<'_>,
    ) {
        let Some(leg) = self.find(transferee) else {
            return self.transfer_failed(480, draft);
        };
        let (from, offer) = (leg.party.clone(), leg.description.clone().map(live));
        let rung = self.dial_all(targets, offer.as_ref(), &from, draft);
        if rung.is_empty() {
            return self.transfer_failed(503, draft);
        }
        let Config { transfer_ring, .. } = self.state.config;
        let until = draft.now + timeout.min(transfer_ring);
        self.await_target(transferee, rung, until, offer.is_some(), draft);
        if let Some(Transfer {
            progress: Progress::Ringing { onward: kept, .. },
            ..
        }) = &mut self.state.transfer
        {
            *kept = onward;
        }
    }

    pub(super) fn await_target(
        &mut self,
        transferee: LegId,
        targets: Vec<LegId>,
        until: Instant,
        knows_transferee: bool,
        draft: &mut Draft<'_>,
    ) {
        if let Some(transfer) = &mut self.state.transfer {
            transfer.progress = Progress::Ringing {
                targets,
                until,
                knows_transferee,
                onward: Onward::default(),
            };
        }
        self.state.bridge = Bridge::Open;
        self.set_entertained(None);
        draft.push(Output::Media(MediaOrder::Play(
            transferee,
            Prompt::Ringback,
        )));
    }

    fn transfer_to_guest(&mut self, transferee: LegId, guest: Guest, draft: &mut Draft<'_>) {
        let Some(transfer) = self.state.transfer.take() else {
            return;
        };
        draft.order(transferee, LegOrder::ReofferLocally(speaks(guest)));
        self.visit(transferee, guest, draft);
        self.dismiss_transferor(transfer.transferor, transferee, draft);
    }

    /// Whether this leg rings for a transfer; if so the transferor is told.
    pub(crate) fn transfer_rings(&mut self, leg: LegId, draft: &mut Draft<'_>) -> bool {
        let Some(transfer) = self.state.transfer.as_ref().filter(|t| t.rings(leg)) else {
            return false;
        };
        let transferor = transfer.transferor;
        if self.find(transferor).is_some() {
            draft.order(
                transferor,
                LegOrder::NotifyReferral {
                    status: 180,
                    done: false,
                },
            );
        }
        true
    }

    /// Whether this leg was the target of a transfer; if so the transferee is joined with it.
    pub(crate) fn transfer_answered(&mut self, leg: LegId, draft: &mut Draft<'_>) -> bool {
        let rings = self
            .state
            .transfer
            .as_ref()
            .is_some_and(|transfer| transfer.rings(leg));
        let Some(Transfer {
            transferor,
            transferee,
            progress,
        }) = self.state.transfer.take_if(|_| rings)
        else {
            return false;
        };
        let knows_transferee = match progress {
            Progress::Ringing {
                knows_transferee, ..
            } => knows_transferee,
            Progress::Asked { .. } => false,
        };
        self.cancel_ringing(leg, &EndReason::answered_elsewhere(), draft);
        let then = if knows_transferee {
            Pending::Settle
        } else {
            Pending::ThenOffer(leg)
        };
        self.connect(transferee, leg, then, draft);
        self.dismiss_transferor(transferor, leg, draft);
        true
    }

    /// Joins two parties that never negotiated with each other.
    pub(super) fn connect(
        &mut self,
        transferee: LegId,
        target: LegId,
        then: Pending,
        draft: &mut Draft<'_>,
    ) {
        self.join(transferee, target, draft);
        for leg in [transferee, target] {
            if let Some(leg) = self.find_mut(leg) {
                leg.holding = false;
            }
        }
        let heard = self.find(target).and_then(|leg| leg.description.clone());
        if let Some(description) = heard {
            self.reoffer(transferee, live(description), then, draft);
        }
    }

    pub(super) fn dismiss_transferor(
        &mut self,
        transferor: LegId,
        to: LegId,
        draft: &mut Draft<'_>,
    ) {
        self.note(What::TransferCompleted { by: transferor, to }, draft);
        if self.find(transferor).is_some() {
            draft.order(
                transferor,
                LegOrder::NotifyReferral {
                    status: 200,
                    done: true,
                },
            );
            draft.order(
                transferor,
                LegOrder::HangUp {
                    reason: EndReason::normal(),
                },
            );
            self.close_leg(transferor, 200, "transferred", draft);
        }
    }

    /// Whether this leg rang for a transfer; if so, and it was the last, the transfer has failed.
    pub(crate) fn transfer_refused(
        &mut self,
        leg: LegId,
        (status, cause): (u16, DivertReason),
        draft: &mut Draft<'_>,
    ) -> bool {
        let Some(transfer) = self.state.transfer.as_mut().filter(|t| t.rings(leg)) else {
            return false;
        };
        let Progress::Ringing {
            targets, onward, ..
        } = &mut transfer.progress
        else {
            return false;
        };
        targets.retain(|target| *target != leg);
        onward.hear(cause);
        if targets.is_empty() {
            match onward.take() {
                Some(forward) => self.send_target_on(forward, draft),
                None => self.transfer_failed(status, draft),
            }
        }
        true
    }

    pub(crate) fn transfer_timeout(&mut self, draft: &mut Draft<'_>) {
        self.explain(
            "transfer.timeout",
            "the new party did not answer in time",
            draft,
        );
        self.cancel_targets(draft);
        let progress = self.state.transfer.as_mut().map(|t| &mut t.progress);
        if let Some(Progress::Ringing { onward, .. }) = progress
            && let Some(forward) = onward.take_for(DivertReason::NoAnswer)
        {
            return self.send_target_on(forward, draft);
        }
        self.transfer_failed(480, draft);
    }

    fn cancel_targets(&mut self, draft: &mut Draft<'_>) {
        // Nothing but a transfer's targets can ring while the call is being talked on.
        let reason = EndReason {
            status: None,
            cause: 19,
            text: "No answer".into(),
        };
        self.cancel_ringing(LegId::FIRST, &reason, draft);
    }

    fn transfer_failed(&mut self, status: u16, draft: &mut Draft<'_>) {
        let Some(Transfer {
            transferor,
            transferee,
            ..
        }) = self.state.transfer.take()
        else {
            return;
        };
        self.note(
            What::TransferFailed {
                by: transferor,
                status,
            },
            draft,
        );
        if self.find(transferor).is_some() {
            draft.order(transferor, LegOrder::NotifyReferral { status, done: true });
            self.join(transferor, transferee, draft);
            // whoever sent the party on may still hold it
            self.entertain(draft);
            return;
        }
        let end = End {
            cause: 31,
            sip_status: status,
            reason: "the party sent on could not be connected, and who sent it had left".into(),
            by: Fault::Callee,
        };
        self.release(end, EndReason::normal(), draft);
    }

    /// What a departure means for a transfer; `true` when the call goes on without the leg.
    pub(crate) fn transfer_survives(&mut self, left: LegId, draft: &mut Draft<'_>) -> bool {
        let Some(transfer) = &self.state.transfer else {
            return false;
        };
        let (transferor, transferee) = (transfer.transferor, transfer.transferee);
        if left == transferor {
            return true;
        }
        if left == transferee {
            self.cancel_targets(draft);
            self.state.transfer = None;
            if self.find(transferor).is_some() {
                draft.order(
                    transferor,
                    LegOrder::NotifyReferral {
                        status: 487,
                        done: true,
                    },
                );
            }
        }
        false
    }
}

/// A party of the call as one that asks routing.
fn as_caller(party: Party) -> Caller {
    let Party {
        device,
        extension,
        trunk,
        number,
        display,
    } = party;
    Caller {
        device,
        extension,
        trunk: trunk.as_ref().map(|by| by.trunk),
        number,
        display,
        proof: trunk.and_then(|by| by.proof),
    }
}

/// The same media, with nobody on hold: a hold was between parties that no longer talk.
fn live(mut description: Description) -> Description {
    let streams = [description.audio(), description.video()];
    for stream in streams.into_iter().flatten() {
        description.set_direction(stream, MediaDirection::SendRecv);
    }
    description
}
