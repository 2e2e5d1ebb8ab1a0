//! Parties played by the exchange itself.

use super::{Draft, FIRST, Stage};
use crate::{Bridge, Call, LegId, LegOrder, LegStage, MediaOrder, Output, Prompt, Speaks, What};
use routing::Guest;

/// What this party of the exchange speaks.
pub(crate) fn speaks(guest: Guest) -> Speaks {
    match guest {
        Guest::Echo | Guest::Conference(_) => Speaks::All,
        Guest::Announcement | Guest::Speaker(_) => Speaks::Prompts,
        Guest::Fax(_) => Speaks::Fax,
    }
}

impl Call {
    /// Answers the caller as a guest.
    pub(crate) fn answer_as(&mut self, guest: Guest, draft: &mut Draft<'_>) {
        if let Some(caller) = self.find_mut(FIRST) {
            caller.stage = LegStage::Up;
        }
        self.state.stage = Stage::Talking;
        self.state.answered = Some(draft.now);
        draft.order(FIRST, LegOrder::AnswerLocally(speaks(guest)));
        self.note(What::Answered(FIRST), draft);
        self.visit(FIRST, guest, draft);
    }

    /// Connects a leg that is in the call to a guest.
    pub(crate) fn visit(&mut self, leg: LegId, guest: Guest, draft: &mut Draft<'_>) {
        self.state.bridge = Bridge::Guest(leg, guest);
        self.set_entertained(None);
        draft.push(Output::Media(match guest {
            Guest::Echo => MediaOrder::Echo(leg),
            Guest::Announcement => MediaOrder::Play(leg, Prompt::Announcement),
            Guest::Conference(at) => MediaOrder::Attend(leg, at),
            Guest::Fax(at) => MediaOrder::Fax(leg, at),
            Guest::Speaker(spoken) => MediaOrder::Say(leg, spoken),
        }));
    }
}
