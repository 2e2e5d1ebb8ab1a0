//! The exchange's own fax machine asks its party to go over from sound to fax (T.38).
//!
//! It asks once. That an offer which has crossed one of the party's is repeated is seen to by
//! whoever carries it (RFC 3261 §14.1); where it is refused the machines go on by sound.

use super::Draft;
use super::fax::RULE;
use crate::leg::{Leg, Pending, Wish};
use crate::limits::FAX_PAUSE;
use crate::{Bridge, Call, LegId, LegOrder, LegStage, Speaks};
use machine::Instant;
use routing::Guest;
use sdp::Description;

impl Call {
    /// The machine hears another one.
    pub(super) fn fax_wanted(&mut self, draft: &mut Draft<'_>) {
        if let Some(leg) = self.faxing()
            && leg.wish == Wish::Unsaid
        {
            self.offer_fax(leg.id, draft);
        }
    }

    /// When the machine asks, where it could not at once.
    pub(super) fn fax_due(&self) -> Option<Instant> {
        match self.faxing()?.wish {
            Wish::Later(at) => Some(at),
            Wish::Unsaid | Wish::Settled => None,
        }
    }

    /// It is time to ask.
    pub(super) fn fax_again(&mut self, draft: &mut Draft<'_>) {
        if let Some(leg) = self.faxing() {
            self.offer_fax(leg.id, draft);
        }
    }

    /// The party has answered the machine's offer.
    pub(super) fn fax_answered(
        &mut self,
        leg: LegId,
        answer: Option<Description>,
        draft: &mut Draft<'_>,
    ) {
        self.set_pending(leg, None);
        if let Some(fax) = answer.filter(|answer| answer.fax().is_some()) {
            self.note_own_fax(leg, &fax, draft);
            if let Some(found) = self.find_mut(leg) {
                found.description = Some(fax);
            }
            return;
        }
        // it took the offer and nothing in it: that would leave neither fax nor sound
        self.explain_no_fax(leg, "has answered with none", draft);
        self.set_pending(leg, Some(Pending::Settle));
        draft.order(leg, LegOrder::ReofferLocally(Speaks::Fax));
    }

    /// The party has refused the machine's offer.
    pub(super) fn fax_refused(&mut self, leg: LegId, status: u16, draft: &mut Draft<'_>) {
        self.set_pending(leg, None);
        // one that crossed the party's own offer of a fax may be refused when that was taken
        if !self.find(leg).is_some_and(faxes) {
            self.explain_no_fax(leg, &format!("has refused with {status}"), draft);
        }
    }

    fn offer_fax(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        let later = draft.now + FAX_PAUSE;
        let Some(found) = self.find_mut(leg) else {
            return;
        };
        if faxes(found) {
            found.wish = Wish::Settled;
            return;
        }
        if found.pending.is_some() || found.holding || found.stage != LegStage::Up {
            found.wish = Wish::Later(later);
            return;
        }
        found.wish = Wish::Settled;
        found.pending = Some(Pending::Fax);
        draft.order(leg, LegOrder::OfferFax);
    }

    /// The leg that is with a fax machine of the exchange.
    fn faxing(&self) -> Option<&Leg> {
        match self.state.bridge {
            Bridge::Guest(leg, Guest::Fax(_)) => self.find(leg),
            Bridge::Guest(..) | Bridge::Legs(..) | Bridge::Open => None,
        }
    }

    fn explain_no_fax(&mut self, leg: LegId, what: &str, draft: &mut Draft<'_>) {
        let because = format!(
            "the fax machine of the exchange wanted to go over to fax (T.38), which leg {} {what}; \
             the call goes on as it was",
            leg.number()
        );
        self.explain(RULE, because, draft);
    }
}

/// Whether a leg's party has gone over already.
fn faxes(leg: &Leg) -> bool {
    leg.description
        .as_ref()
        .is_some_and(|said| said.fax().is_some())
}
