//! A call that goes over from sound to fax (T.38), and back: what its record says of it.

use super::Draft;
use crate::{Call, LegId, What};
use sdp::Description;

/// The rule that explains that the call went over, or did not.
const RULE: &str = "media.t38";

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
        let was_fax = before.is_some_and(|said| said.fax().is_some());
        let (what, to) = match (was_fax, answer.fax().is_some(), answer.audio().is_some()) {
            (false, true, _) => (What::WentToFax(by), "from sound to fax (T.38)"),
            (true, false, true) => (What::WentToSound(by), "from fax (T.38) to sound"),
            (false, false, _) | (true, true, _) | (true, false, false) => return,
        };
        let because = format!(
            "leg {} went over {to}, and the other side with it",
            by.number()
        );
        self.explain(RULE, because, draft);
        self.note(what, draft);
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
