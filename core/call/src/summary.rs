//! A call as it is shown to people while it lives.

use crate::call::Stage;
use crate::{Bridge, Call, Direction, LegId, LegStage, Party};
use ids::CallId;
use machine::Instant;
use routing::Explanation;

/// One leg, shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegSummary {
    /// Its number in the call.
    pub number: u8,
    /// Who is at its end.
    pub party: Party,
    /// Which way it was set up.
    pub direction: Direction,
    /// How far it has come.
    pub stage: LegStage,
    /// Whether its party has put the other on hold.
    pub holding: bool,
}

/// One leg, looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegView<'a> {
    /// Its place in the call.
    pub id: LegId,
    /// Who is at its end.
    pub party: &'a Party,
    /// Which way it was set up.
    pub direction: Direction,
    /// How far it has come.
    pub stage: LegStage,
    /// Whether its party has put the other on hold.
    pub holding: bool,
}

/// A live call, shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: CallId,
    /// The caller's number.
    pub caller: String,
    /// What was dialled.
    pub dialled: String,
    /// Since when.
    pub opened: Instant,
    /// Answered when, if so.
    pub answered: Option<Instant>,
    /// `ringing`, `talking`, `transferring` or `over`.
    pub state: &'static str,
    /// Who hears whom.
    pub bridge: Bridge,
    /// Its legs, ended ones included.
    pub legs: Vec<LegSummary>,
    /// Why it is where it is.
    pub why: Explanation,
}

impl Call {
    /// Its legs, ended ones included, in the order in which they came.
    pub fn legs(&self) -> impl Iterator<Item = LegView<'_>> {
        self.state.legs.iter().map(|leg| LegView {
            id: leg.id,
            party: &leg.party,
            direction: leg.direction,
            stage: leg.stage,
            holding: leg.holding,
        })
    }

    /// What the caller dialled.
    #[must_use]
    pub fn dialled(&self) -> &str {
        &self.state.dialled
    }

    /// Who hears whom.
    #[must_use]
    pub fn bridge(&self) -> Bridge {
        self.state.bridge
    }

    /// The leg of the bridge that hears music in place of the other, which holds it.
    #[must_use]
    pub fn entertained(&self) -> Option<LegId> {
        let mut legs = self.state.legs.iter();
        legs.find(|leg| leg.hears_music).map(|leg| leg.id)
    }

    /// The call as it stands.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let state = match (&self.state.stage, &self.state.transfer) {
            (Stage::Dialling(_), _) => "ringing",
            (Stage::Talking, None) => "talking",
            (Stage::Talking, Some(_)) => "transferring",
            (Stage::Over, _) => "over",
        };
        Summary {
            id: self.state.id,
            caller: self.state.caller.number.clone(),
            dialled: self.state.dialled.clone(),
            opened: self.state.opened,
            answered: self.state.answered,
            state,
            bridge: self.state.bridge,
            legs: self
                .state
                .legs
                .iter()
                .map(|leg| LegSummary {
                    number: leg.id.number(),
                    party: leg.party.clone(),
                    direction: leg.direction,
                    stage: leg.stage,
                    holding: leg.holding,
                })
                .collect(),
            why: self.state.explanation.clone(),
        }
    }
}
