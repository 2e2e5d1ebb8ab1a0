//! Sending a party on: blind (REFER), attended (REFER with Replaces), and taking a party's place
//! (INVITE with Replaces). RFC 3515, RFC 3891, RFC 5589.

use super::{Draft, Stage};
use crate::leg::{Leg, Pending};
use crate::{
    Bridge, Call, Config, DialPlan, DialStep, Direction, EndReason, LegId, LegOrder, LegStage,
    MediaOrder, Output, Party, Prompt, Target, What,
};
use domain::{End, Fault};
use machine::Instant;
use routing::{Caller, Dialled, Guest, Purpose, RouteRequest};
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
    },
}

impl Transfer {
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

/// Why two calls could not become one, or a leg could not be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptError {
    /// The calls are of different tenants. Told to the outside as "no such call".
    Stranger,
    /// One of the legs is not in a state from which a party can be sent on.
    NotReady,
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
        self.state.next_token = self.state.next_token.wrapping_add(1);
        let token = self.state.next_token;
        self.state.transfer = Some(Transfer {
            transferor: leg,
            transferee,
            progress: Progress::Asked { token },
        });
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
        let Party {
            device,
            extension,
            number,
            display,
        } = party;
        let caller = Caller {
            device,
            extension,
            number,
            display,
        };
        let dialled = Dialled {
            user: target.user,
            host: target.host,
        };
        let request = RouteRequest {
            caller,
            dialled,
            purpose: Purpose::Transfer,
        };
        draft.push(Output::Route { token, request });
    }

    pub(crate) fn routed(&mut self, token: u16, plan: DialPlan, draft: &mut Draft<'_>) {
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
        for step in plan.steps {
            match step {
                DialStep::Refuse(refusal) => return self.transfer_failed(refusal.status, draft),
                DialStep::Guest(guest) => return self.transfer_to_guest(transferee, guest, draft),
                DialStep::Ring {
                    number,
                    targets,
                    timeout,
                } if targets.is_empty() => {
                    let because = format!("no device of {number} is registered ({timeout:?})");
                    self.explain("registration.none", because, draft);
                }
                DialStep::Ring {
                    targets, timeout, ..
                } => {
                    return self.ring_for_transfer(transferee, targets, timeout, draft);
                }
            }
        }
        self.transfer_failed(480, draft);
    }

    fn ring_for_transfer(
        &mut self,
        transferee: LegId,
        targets: Vec<crate::Contact>,
        timeout: Duration,
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
    }

    fn await_target(
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
            };
        }
        self.state.bridge = Bridge::Open;
        draft.push(Output::Media(MediaOrder::Play(
            transferee,
            Prompt::Ringback,
        )));
    }

    fn transfer_to_guest(&mut self, transferee: LegId, guest: Guest, draft: &mut Draft<'_>) {
        let Some(transfer) = self.state.transfer.take() else {
            return;
        };
        draft.order(transferee, LegOrder::ReofferLocally);
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
    fn connect(&mut self, transferee: LegId, target: LegId, then: Pending, draft: &mut Draft<'_>) {
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

    fn dismiss_transferor(&mut self, transferor: LegId, to: LegId, draft: &mut Draft<'_>) {
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
        status: u16,
        draft: &mut Draft<'_>,
    ) -> bool {
        let Some(transfer) = self.state.transfer.as_mut().filter(|t| t.rings(leg)) else {
            return false;
        };
        let Progress::Ringing { targets, .. } = &mut transfer.progress else {
            return false;
        };
        targets.retain(|target| *target != leg);
        if targets.is_empty() {
            self.transfer_failed(status, draft);
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

    /// Attended transfer: the party that `theirs` talks with in `other` goes on with the party that
    /// `mine` talks with here, and both of the transferor's legs are hung up. `other` ends.
    ///
    /// Returns the moved legs, old id first.
    ///
    /// # Errors
    /// [`AdoptError`]; nothing has changed then.
    pub fn adopt(
        &mut self,
        mine: LegId,
        other: &mut Call,
        theirs: LegId,
        now: Instant,
        out: &mut Vec<Output>,
        other_out: &mut Vec<Output>,
    ) -> Result<Vec<(LegId, LegId)>, AdoptError> {
        if self.scope.tenant() != other.scope.tenant() || self.id() == other.id() {
            return Err(AdoptError::Stranger);
        }
        let transferee = self.talking_peer(mine).ok_or(AdoptError::NotReady)?;
        if self.state.transfer.is_some() || other.state.transfer.is_some() {
            return Err(AdoptError::NotReady);
        }
        let moving = other.parties_of(theirs).ok_or(AdoptError::NotReady)?;
        if self.state.legs.len() + moving.len() > crate::limits::LEGS_MAX {
            return Err(AdoptError::NotReady);
        }
        let mut draft = Draft::new(now, out);
        let mut other_draft = Draft::new(now, other_out);
        let moved = self.take_in(other, &moving, &mut draft, &mut other_draft);
        other.merged_into(self.id(), &mut other_draft);
        let Some(&(_, first)) = moved.first() else {
            return Err(AdoptError::NotReady);
        };
        draft.order(mine, LegOrder::AcceptReferral);
        let to = self
            .find(first)
            .map(|leg| leg.party.number.clone())
            .unwrap_or_default();
        let asked = What::TransferRequested {
            by: mine,
            to,
            attended: true,
        };
        self.note(asked, &mut draft);
        if self
            .find(first)
            .is_some_and(|leg| leg.stage == LegStage::Up)
        {
            self.connect(transferee, first, Pending::ThenOffer(first), &mut draft);
            self.dismiss_transferor(mine, first, &mut draft);
        } else {
            let progress = Progress::Asked {
                token: self.state.next_token,
            };
            self.state.transfer = Some(Transfer {
                transferor: mine,
                transferee,
                progress,
            });
            let targets = moved.iter().map(|(_, new)| *new).collect();
            let until = now + self.state.config.transfer_ring;
            self.await_target(transferee, targets, until, false, &mut draft);
            draft.order(
                mine,
                LegOrder::NotifyReferral {
                    status: 180,
                    done: false,
                },
            );
        }
        Ok(moved)
    }

    /// Who would be sent on if `leg` stepped aside: its partner, or the phones it is ringing.
    fn parties_of(&self, leg: LegId) -> Option<Vec<LegId>> {
        if let Some(peer) = self.talking_peer(leg) {
            return Some(vec![peer]);
        }
        let ringing: Vec<LegId> = self
            .state
            .legs
            .iter()
            .filter(|leg| leg.is_ringing())
            .map(|leg| leg.id)
            .collect();
        let dialling = matches!(self.state.stage, Stage::Dialling(_)) && leg == LegId::FIRST;
        (dialling && !ringing.is_empty()).then_some(ringing)
    }

    fn take_in(
        &mut self,
        other: &mut Call,
        moving: &[LegId],
        draft: &mut Draft<'_>,
        other_draft: &mut Draft<'_>,
    ) -> Vec<(LegId, LegId)> {
        let mut moved = Vec::with_capacity(moving.len());
        for old in moving {
            let Some(leg) = other.find(*old).cloned() else {
                continue;
            };
            let Some(id) = LegId::new(self.state.legs.len()) else {
                break;
            };
            self.add_leg(
                Leg {
                    id,
                    pending: None,
                    ..leg
                },
                draft,
            );
            other.close_leg(*old, 200, "went on in another call", other_draft);
            moved.push((*old, id));
        }
        moved
    }

    /// A phone takes the place of one of the legs (INVITE with Replaces). The new leg is answered
    /// with what the party that stays answers.
    ///
    /// # Errors
    /// [`AdoptError::NotReady`] when the leg is not talking with anybody.
    pub fn replace(
        &mut self,
        replaced: LegId,
        caller: Caller,
        offer: Option<Description>,
        now: Instant,
        out: &mut Vec<Output>,
    ) -> Result<LegId, AdoptError> {
        let stays = self.talking_peer(replaced).ok_or(AdoptError::NotReady)?;
        if self.state.transfer.is_some() || self.pending(stays).is_some() {
            return Err(AdoptError::NotReady);
        }
        let next = self.state.legs.len();
        let id = LegId::new(next).filter(|_| next < crate::limits::LEGS_MAX);
        let id = id.ok_or(AdoptError::NotReady)?;
        let mut draft = Draft::new(now, out);
        let Caller {
            device,
            extension,
            number,
            display,
        } = caller;
        let leg = Leg {
            id,
            direction: Direction::Inbound,
            party: Party {
                device,
                extension,
                number,
                display,
            },
            stage: LegStage::Calling,
            description: offer.clone(),
            holding: false,
            pending: Some(Pending::Waiting {
                late: offer.is_none(),
            }),
        };
        self.add_leg(leg, &mut draft);
        self.set_pending(stays, Some(Pending::ForPeer(id)));
        draft.order(stays, LegOrder::Reoffer { description: offer });
        self.join(stays, id, &mut draft);
        draft.order(
            replaced,
            LegOrder::HangUp {
                reason: EndReason::normal(),
            },
        );
        self.close_leg(replaced, 200, "replaced by another phone", &mut draft);
        Ok(id)
    }
}

/// The same media, with nobody on hold: a hold was between parties that no longer talk.
fn live(mut description: Description) -> Description {
    if let Some(audio) = description.audio() {
        description.set_direction(audio, MediaDirection::SendRecv);
    }
    description
}
