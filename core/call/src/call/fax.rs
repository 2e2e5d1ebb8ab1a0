//! A call that goes over from sound to fax (T.38), and back: what its record says of it.

use super::Draft;
use crate::{Call, LegId, What};
use routing::Guest;
use sdp::Description;

/// The rule that explains that the call went over, or did not.
pub(super) const RULE: &str = "media.t38";

/// Which way a party goes.
enum Change {
    ToFax,
    ToSound,
}

impl Change {
    /// What an agreement changes, where one side had said this before it.
    fn of(before: Option<&Description>, agreed: &Description) -> Option<Change> {
        let was_fax = before.is_some_and(|said| said.fax().is_some());
        match (was_fax, agreed.fax().is_some(), agreed.audio().is_some()) {
            (false, true, _) => Some(Change::ToFax),
            (true, false, true) => Some(Change::ToSound),
            (false, false, _) | (true, true, _) | (true, false, false) => None,
        }
    }

    fn what(&self, by: LegId) -> What {
        match self {
            Change::ToFax => What::WentToFax(by),
            Change::ToSound => What::WentToSound(by),
        }
    }

    fn words(&self) -> &'static str {
        match self {
            Change::ToFax => "from sound to fax (T.38)",
            Change::ToSound => "from fax (T.38) to sound",
        }
    }
}

impl Call {
    /// Notes that the two sides went over from sound to fax, or back, when this leg has answered
    /// the other's offer. To be told before the answer takes the place of what it said before.
    pub(super) fn note_fax(
        &mut self,
        leg: LegId,
        by: LegId,
        answer: &Description,
        draft: &mut Draft<'_>,
    ) {
        let before = self.find(leg).and_then(|leg| leg.description.as_ref());
        if let Some(change) = Change::of(before, answer) {
            self.note_change(by, &change, "the other side", draft);
        }
    }

    /// The same of a leg and the exchange's own fax machine, of which either has offered what the
    /// leg says now; what the machine cannot take changes nothing.
    pub(super) fn note_own_fax(
        &mut self,
        leg: LegId,
        description: &Description,
        draft: &mut Draft<'_>,
    ) {
        let Some(Guest::Fax(_)) = self.state.bridge.guest_of(leg) else {
            return;
        };
        let before = self.find(leg).and_then(|leg| leg.description.as_ref());
        let taken = description.fax().is_none()
            || sdp::fax_of(description).is_some_and(|fax| fax.trains_through());
        if let Some(change) = Change::of(before, description).filter(|_| taken) {
            self.note_change(leg, &change, "the fax machine of the exchange", draft);
        }
    }

    fn note_change(&mut self, by: LegId, change: &Change, with: &str, draft: &mut Draft<'_>) {
        let (number, words) = (by.number(), change.words());
        let because = format!("leg {number} went over {words}, and {with} with it");
        self.explain(RULE, because, draft);
        self.note(change.what(by), draft);
    }

    /// Notes that a side has refused the fax that this leg has offered.
    pub(super) fn note_no_fax(&mut self, by: LegId, status: u16, draft: &mut Draft<'_>) {
        let offer = self.find(by).and_then(|leg| leg.description.as_ref());
        if offer.is_some_and(|offer| offer.fax().is_some()) {
            let because = format!(
                "leg {} wanted to go over to fax (T.38), which the other side refused with \
                 {status}; the call goes on as it was",
                by.number()
            );
            self.explain(RULE, because, draft);
        }
    }
}
