//! The history of a call, as it is recorded.

use crate::{Direction, LegId, Party};
use domain::{Answerer, End};
use ids::CallId;
use machine::Instant;
use routing::{Diversion, Reason};

/// Something worth remembering, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct CallEvent {
    /// When, on the node's own clock.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// The kinds of event.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The call began. Always the first.
    Opened {
        /// Number of the caller.
        caller: String,
        /// What was dialled.
        dialled: String,
    },
    /// A rule was applied, a thing was found out.
    Explained(Reason),
    /// A leg was opened.
    LegOpened {
        /// Which.
        leg: LegId,
        /// Which way.
        direction: Direction,
        /// Who is at its end.
        party: Party,
    },
    /// A leg rings.
    Ringing(LegId),
    /// A leg was answered.
    Answered(LegId),
    /// A leg that is told of the call, and is not in it, was answered.
    AnsweredBeside(LegId),
    /// A party put the other on hold.
    Held(LegId),
    /// A party took the other back.
    Resumed(LegId),
    /// A party ought to talk and is not heard.
    FellSilent {
        /// Which.
        leg: LegId,
        /// The other is heard, so that it is not the call as a whole that has no sound.
        one_way: bool,
    },
    /// A party that was not heard is heard again.
    HeardAgain(LegId),
    /// It has turned out who has answered at the other end of a trunk.
    AnsweredBy {
        /// Where.
        leg: LegId,
        /// Who.
        who: Answerer,
    },
    /// The machine that has answered there has beeped, and listens now.
    Beeped(LegId),
    /// A party went over from sound to fax, and the other with it.
    WentToFax(LegId),
    /// A party went over from fax to sound, and the other with it.
    WentToSound(LegId),
    /// It goes on elsewhere than it was for.
    Diverted(Diversion),
    /// A party asks for the other to be sent on.
    TransferRequested {
        /// Who asks.
        by: LegId,
        /// Where to.
        to: String,
        /// With consultation (RFC 3891), instead of blind.
        attended: bool,
    },
    /// The new party has taken over.
    TransferCompleted {
        /// Who asked.
        by: LegId,
        /// The new party.
        to: LegId,
    },
    /// The new party could not be had.
    TransferFailed {
        /// Who asked.
        by: LegId,
        /// The status it was told.
        status: u16,
    },
    /// The parties of this call went on in another one.
    MergedInto(CallId),
    /// A leg ended.
    LegClosed {
        /// Which.
        leg: LegId,
        /// SIP status that says how.
        status: u16,
        /// The words for it.
        reason: String,
    },
    /// The call ended. Always the last, and always there.
    Ended(End),
}
