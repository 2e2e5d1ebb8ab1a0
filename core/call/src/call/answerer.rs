//! Who has answered, as it turns out while they talk.

use domain::Answerer;

use super::Draft;
use crate::{Call, LegId, LegStage, What};

impl Call {
    /// It has turned out who has answered a leg that went out. Where it was not asked for, nothing
    /// is made of it.
    pub(crate) fn turned_out(&mut self, leg: LegId, who: Answerer, draft: &mut Draft<'_>) {
        let Some(answerer) = self.answerer_of(leg) else {
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
        if self.answerer_of(leg).is_some() {
            self.note(What::Beeped(leg), draft);
        }
    }

    /// Who has answered a leg that went out, where that is asked for.
    fn answerer_of(&mut self, leg: LegId) -> Option<&mut Answerer> {
        let found = self.find_mut(leg).filter(|leg| leg.stage == LegStage::Up)?;
        found.party.trunk.as_mut()?.answerer.as_mut()
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
