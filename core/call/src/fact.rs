//! What can happen to a call: past facts, told by its legs, by routing and by people.

use crate::{DialPlan, LegId};
use domain::Answerer;
use routing::HostClass;
use sdp::Description;
use std::fmt;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// To one of the legs.
    Leg(LegId, LegFact),
    /// The answer to [`crate::Output::Route`].
    Routed {
        /// The question's number.
        token: u16,
        /// Where the party is sent.
        plan: DialPlan,
    },
    /// The fax machine of the exchange that is in the call hears another one, and wants to go over
    /// from sound to fax (T.38).
    FaxWanted,
    /// Somebody outside wants the call ended.
    HangUp(HangUp),
}

/// Who ends a call from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HangUp {
    /// A person or a program with the right to; the text is kept with the call.
    Operator(String),
    /// The exchange is being stopped.
    Drain,
    /// A rule ends it, such as a budget that is used up; the text is kept with the call.
    Policy(String),
}

/// What happened to one leg.
#[derive(Clone, Debug)]
pub enum LegFact {
    /// The party called is being alerted.
    Ringing,
    /// Early media is offered or answered before the answer.
    Progressed {
        /// The peer's description, when it sent one.
        description: Option<Description>,
    },
    /// The party called answered.
    Answered {
        /// An answer to our offer, or an offer when we sent none.
        description: Option<Description>,
    },
    /// The caller acknowledged our answer.
    Confirmed {
        /// The answer to a late offer.
        description: Option<Description>,
    },
    /// The party called refused.
    Refused {
        /// SIP status, 300 to 699.
        status: u16,
        /// The words that came with it.
        reason: String,
    },
    /// The party called sends the call on (RFC 3261 §21.3).
    Redirected {
        /// SIP status, 300 to 399.
        status: u16,
        /// Where to, the best first.
        targets: Vec<Target>,
    },
    /// The party called was never reached.
    Unreachable(Unreachable),
    /// The caller gave up before the answer.
    Cancelled,
    /// The party hung up.
    Ended,
    /// The party is gone without a word.
    Lost(Lost),
    /// The party ought to talk, and no sound comes from it.
    FellSilent,
    /// Sound comes from it again.
    HeardAgain,
    /// It has turned out who has answered.
    AnsweredBy(Answerer),
    /// The machine that has answered has beeped.
    Beeped,
    /// The party offers new media within the call (re-INVITE, UPDATE).
    Offered {
        /// The offer, or nothing when it asks us to offer.
        description: Option<Description>,
    },
    /// The party answered our re-offer (or offered, when we asked it to).
    ReofferAnswered {
        /// Its description.
        description: Option<Description>,
    },
    /// The party refused our re-offer.
    ReofferRefused {
        /// SIP status.
        status: u16,
    },
    /// The party asks that the other side be sent elsewhere (REFER).
    Referred {
        /// Where to.
        target: Target,
    },
    /// Information for the other side (INFO): digits and the like.
    Informed {
        /// Its media type.
        content_type: String,
        /// Its bytes.
        body: Vec<u8>,
    },
}

/// Where a transfer leads, or a call that is sent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// User part, escapes decoded.
    pub user: String,
    /// Whose host it is.
    pub host: HostClass,
}

/// Why a party called was never reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// No answer of any kind.
    Timeout,
    /// The network refused.
    Transport,
    /// The trunk takes none of the codecs that are offered.
    NoCodec,
    /// The trunk, or the company of it, has as much as it may have.
    Full(Full),
}

/// A cap of a trunk that is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// Which.
    pub of: TrunkCap,
    /// Whether it is one company's share that is used up, and not all of the trunk.
    pub share: bool,
    /// The figure that it stands at.
    pub limit: u32,
}

/// What of a trunk there is so much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkCap {
    /// Calls at a time.
    ConcurrentCalls,
    /// New calls a second.
    CallsPerSecond,
    /// Minutes a day.
    MinutesPerDay,
}

impl Full {
    /// The rule's name in explanations.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match (self.of, self.share) {
            (TrunkCap::ConcurrentCalls, false) => "trunk.concurrent_calls",
            (TrunkCap::CallsPerSecond, false) => "trunk.calls_per_second",
            (TrunkCap::MinutesPerDay, false) => "trunk.minutes_per_day",
            (TrunkCap::ConcurrentCalls, true) => "trunk.each.concurrent_calls",
            (TrunkCap::CallsPerSecond, true) => "trunk.each.calls_per_second",
            (TrunkCap::MinutesPerDay, true) => "trunk.each.minutes_per_day",
        }
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whose, limit) = (
            if self.share {
                "the company"
            } else {
                "the trunk"
            },
            self.limit,
        );
        match self.of {
            TrunkCap::ConcurrentCalls => write!(f, "{whose} has its {limit} calls there"),
            TrunkCap::CallsPerSecond => {
                write!(
                    f,
                    "{whose} has begun its {limit} calls of this second there"
                )
            }
            TrunkCap::MinutesPerDay => {
                write!(
                    f,
                    "{whose} has talked its {limit} minutes of this day there"
                )
            }
        }
    }
}

/// How a party can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The session timer ran out (RFC 4028).
    SessionExpired,
    /// Our answer was never acknowledged.
    NoAck,
    /// It no longer knows the dialog, or answers nothing any more.
    Gone,
    /// Its sound has found no way, or no keys were agreed on for it.
    Unheard,
}
