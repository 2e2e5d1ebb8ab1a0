//! Parties that ought to talk and are not heard.

use super::Draft;
use crate::leg::Leg;
use crate::limits::MAX_SILENCES;
use crate::{Call, LegId, LegStage, What};

impl Call {
    /// No sound comes from a party that ought to talk. It is told while two parties have each
    /// other, and no more than so often of each.
    pub(crate) fn fell_silent(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        let other = self.talking_peer(leg).and_then(|other| self.find(other));
        let Some(other) = other.filter(|other| !other.holding) else {
            return;
        };
        let one_way = !other.silent;
        let awaited = |leg: &&mut Leg| leg.stage == LegStage::Up && !leg.holding && !leg.silent;
        let Some(found) = self.find_mut(leg).filter(awaited) else {
            return;
        };
        found.silent = true;
        // beyond the bound it stands one above it
        found.silences = (found.silences + 1).min(MAX_SILENCES + 1);
        if found.silences > MAX_SILENCES {
            return;
        }
        let number = leg.number();
        let other = if one_way {
            "while the other is"
        } else {
            "as of the other"
        };
        let because = format!("nothing is heard of leg {number}, {other}");
        self.explain("media.silent", because, draft);
        self.note(What::FellSilent { leg, one_way }, draft);
    }

    /// A party is heard again.
    pub(crate) fn heard_again(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        let Some(found) = self.find_mut(leg).filter(|leg| leg.silent) else {
            return;
        };
        found.silent = false;
        if found.silences <= MAX_SILENCES {
            self.note(What::HeardAgain(leg), draft);
        }
    }

    /// Whoever was silent with one party may be heard with the next.
    pub(crate) fn forget_silence(&mut self, leg: LegId) {
        if let Some(found) = self.find_mut(leg) {
            found.silent = false;
        }
    }
}
