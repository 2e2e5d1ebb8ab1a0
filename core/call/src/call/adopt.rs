//! Legs that come from elsewhere: attended transfer (REFER with Replaces, RFC 5589 §7) and a phone
//! that takes another's place (INVITE with Replaces, RFC 3891).

use super::transfer::Transfer;
use super::{Draft, Stage};
use crate::leg::{Leg, Pending, Role, Wish};
use crate::limits::LEGS_MAX;
use crate::{Call, Direction, EndReason, LegId, LegOrder, LegStage, Output, Party, What};
use machine::Instant;
use routing::Caller;
use sdp::Description;

/// Why two calls could not become one, or a leg could not be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptError {
    /// The calls are of different tenants. Told to the outside as "no such call".
    Stranger,
    /// One of the legs is not in a state from which a party can be sent on.
    NotReady,
}

impl Call {
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
        if self.state.legs.len() + moving.len() > LEGS_MAX {
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
            let token = self.state.next_token;
            self.state.transfer = Some(Transfer::asked(mine, transferee, token));
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
        let id = LegId::new(next).filter(|_| next < LEGS_MAX);
        let id = id.ok_or(AdoptError::NotReady)?;
        let mut draft = Draft::new(now, out);
        let leg = Leg {
            id,
            role: Role::Party,
            direction: Direction::Inbound,
            // to take another's place is for phones
            party: Party::calling(caller),
            stage: LegStage::Calling,
            description: offer.clone(),
            before_offer: None,
            holding: false,
            silent: false,
            silences: 0,
            hears_music: false,
            pending: Some(Pending::Waiting {
                late: offer.is_none(),
                held: false,
            }),
            wish: Wish::Unsaid,
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
