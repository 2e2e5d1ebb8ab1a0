//! Who has answered, as it turns out while they talk.

use domain::Answerer;

use super::Draft;
use crate::{Call, LegId, LegStage, What};

impl Call {
    /// It has turned out who has answered a leg that went out. Where it was not asked for, nothing
    /// is made of it.
    pub(crate) fn turned_out(&mut self, leg: LegId, who: Answerer, draft: &mut Draft<'_>) {
        let found = self.find_mut(leg).filter(|leg| leg.stage == LegStage::Up);
        let by = found.and_then(|leg| leg.party.trunk.as_mut());
        let Some(answerer) = by.and_then(|by| by.answerer.as_mut()) else {
            return;
        };
        *answerer = who;
        let (number, heard) = (leg.number(), in_words(who));
        let because = format!("leg {number} was answered by {heard}, as it sounds");
        self.explain("media.answerer", because, draft);
        self.note(What::AnsweredBy { leg, who }, draft);
    }

    /// The machine that has answered listens now.
    pub(crate) fn beeped(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        let asked = |leg: &&mut crate::leg::Leg| {
            let by = leg.party.trunk.as_ref();
            leg.stage == LegStage::Up && by.is_some_and(|by| by.answerer.is_some())
        };
        if self.find_mut(leg).filter(asked).is_some() {
            self.note(What::Beeped(leg), draft);
        }
    }
}

fn in_words(who: Answerer) -> &'static str {
    match who {
        Answerer::Unknown => "somebody",
        Answerer::Person => "a person, who said little and waited",
        Answerer::Machine => "a machine",
        Answerer::Fax => "a fax",
        Answerer::Silence => "nobody who said anything",
    }
}
