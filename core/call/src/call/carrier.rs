//! Calling by a trunk: one peer after the other, then the next step of the plan.
//!
//! Each attempt is a leg of its own, so that the record has them all.

use super::{Draft, FIRST, Stage};
use crate::{Call, DialStep, LegId, LegOrder, Party, TrunkAttempt, TrunkCall, TrunkPeer};
use domain::{Answerer, ByTrunk};
use ids::TrunkId;
use routing::{Caller, Verdict};

impl Call {
    /// Tries the first of the peers; those that are left become the next step. False when there
    /// is none, or no leg may be opened.
    pub(super) fn try_trunk(&mut self, mut call: TrunkCall, draft: &mut Draft<'_>) -> bool {
        if call.peers.is_empty() {
            let because = format!("no peer of {} can be called", call.trunk);
            self.explain("trunk.no_peer", because, draft);
            return false;
        }
        let peer = call.peers.remove(0);
        let party = Party {
            trunk: Some(goes_by(&call)),
            number: call.called.clone(),
            ..Party::default()
        };
        let Some(leg) = self.open_leg(party, draft) else {
            return false;
        };
        self.explain("trunk.attempt", attempt(&call, &peer), draft);
        let offer = self
            .find(FIRST)
            .and_then(|caller| caller.description.clone());
        let order = LegOrder::DialTrunk {
            attempt: TrunkAttempt {
                trunk: call.trunk,
                peer: peer.slot,
                called: call.called.clone(),
                identity: call.identity.clone(),
                vouched: call.vouched.clone(),
                caller: call.caller.clone(),
                display: call.display.clone(),
            },
            offer,
        };
        if let Stage::Dialling(dialling) = &mut self.state.stage {
            dialling.tries(leg, call.failover.clone(), draft.now + call.timeout);
            if !call.peers.is_empty() {
                dialling.next_comes(DialStep::Trunk(call));
            }
        }
        draft.order(leg, order);
        true
    }

    /// A trunk cannot have the call, by a rule and for a reason: none of its addresses is tried.
    pub(super) fn passes_by(
        &mut self,
        trunk: TrunkId,
        (rule, because): (&'static str, &str),
        draft: &mut Draft<'_>,
    ) {
        if let Stage::Dialling(dialling) = &mut self.state.stage {
            dialling.leave(trunk);
        }
        self.explain(rule, format!("{trunk}: {because}"), draft);
    }

    /// What follows from an answer of whoever was called by a trunk: none when it was no carrier.
    pub(super) fn judged(
        &mut self,
        (leg, trunk): (LegId, Option<TrunkId>),
        status: u16,
        draft: &mut Draft<'_>,
    ) -> Option<Verdict> {
        let Stage::Dialling(dialling) = &mut self.state.stage else {
            return None;
        };
        let verdict = dialling.verdict(leg, status)?;
        let by_rule = !dialling.for_help && dialling.failover.is_by_rule(status);
        if let Some(trunk) = trunk.filter(|_| by_rule) {
            let (rule, follows) = match verdict {
                Verdict::NextTrunk | Verdict::NextAddress => {
                    dialling.leave(trunk);
                    ("trunk.next_on", "the next trunk is tried")
                }
                Verdict::Ends => ("trunk.stop_on", "no other trunk is tried"),
            };
            let because = format!("{trunk} answered {status}, and its rules say: {follows}");
            self.explain(rule, because, draft);
        }
        Some(verdict)
    }
}

/// What the record keeps of a caller who came by a trunk.
pub(super) fn came_by(trunk: TrunkId, caller: &Caller, called: &str) -> ByTrunk {
    let shown = Some(caller.number.clone());
    ByTrunk {
        trunk,
        called: called.to_owned(),
        shown: shown.filter(|number| !number.is_empty()),
        vouched: None,
        proof: caller.proof.clone(),
        answerer: None,
    }
}

/// What the record keeps of an attempt at a call by a trunk.
fn goes_by(call: &TrunkCall) -> ByTrunk {
    let shown = shown(call);
    ByTrunk {
        trunk: call.trunk,
        called: call.called.clone(),
        shown: shown.map(|digits| format!("+{digits}")),
        vouched: call.vouched.clone(),
        proof: None,
        answerer: call.tells_who_answers.then_some(Answerer::Unknown),
    }
}

/// The number that whoever is called sees.
fn shown(call: &TrunkCall) -> Option<&String> {
    let passed = call.caller.as_ref().map(|passed| &passed.number);
    passed.or(call.identity.as_ref())
}

fn attempt(call: &TrunkCall, peer: &TrunkPeer) -> String {
    let (trunk, called, address) = (call.trunk, &call.called, &peer.address);
    match shown(call) {
        Some(shown) => format!("{called} is called at {address} by {trunk}, showing +{shown}"),
        None => format!("{called} is called at {address} by {trunk}, showing no number"),
    }
}
