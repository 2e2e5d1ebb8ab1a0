//! One party of a call.

use domain::ByTrunk;
use ids::{DeviceId, ExtensionId};
use machine::Instant;
use routing::{Caller, Guest};
use sdp::Description;
use serde::{Deserialize, Serialize};

/// A leg's place in its own call; without that call it means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LegId(u8);

impl LegId {
    /// The first caller's.
    pub const FIRST: LegId = LegId(0);

    pub(crate) fn new(index: usize) -> Option<LegId> {
        u8::try_from(index).ok().map(LegId)
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The leg's number for people and records, counted from 0, the first caller.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

/// Which way a leg was set up, seen from the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// The party called us.
    Inbound,
    /// We called the party.
    Outbound,
}

/// Who is at the end of a leg.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The device.
    pub device: Option<DeviceId>,
    /// Its extension.
    pub extension: Option<ExtensionId>,
    /// The trunk by which it is reached, when it is nobody of the company.
    #[serde(default)]
    pub trunk: Option<ByTrunk>,
    /// The number others see.
    pub number: String,
    /// The name others see.
    pub display: String,
}

impl Party {
    /// A phone of the company that calls.
    pub(crate) fn calling(caller: Caller) -> Party {
        Party {
            device: caller.device,
            extension: caller.extension,
            trunk: None,
            number: caller.number,
            display: caller.display,
        }
    }
}

/// How far a leg has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LegStage {
    /// It called us and waits for our answer.
    Calling,
    /// We called it and wait for its answer.
    Dialled,
    /// We called it and it rings.
    Ringing,
    /// It is in the call.
    Up,
    /// It has left, or was told to.
    Closed,
}

/// A question to a leg's party that is still open, and whom the answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Pending {
    /// We re-offered on behalf of this other leg, which waits for the answer.
    ForPeer(LegId),
    /// We re-offered after a transfer; the answer goes to this leg as a re-offer of its own.
    ThenOffer(LegId),
    /// We re-offered after a transfer; the answer is for nobody.
    Settle,
    /// It re-offered and waits for us, while its peer is asked.
    Waiting {
        /// It asked us to make the offer.
        late: bool,
        /// Whether it held before.
        #[serde(default)]
        held: bool,
    },
    /// It gave the late offer's other half: its acknowledgement carries the answer for this leg.
    LateAnswer(LegId),
    /// The exchange's own fax machine has offered it a fax.
    Fax,
}

/// Whether the exchange's own fax machine wants the leg to go over from sound to fax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Not yet.
    #[default]
    Unsaid,
    /// It does, and asks at this time.
    Later(Instant),
    /// It has asked, or needs not.
    Settled,
}

/// What a leg is to its call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Role {
    /// Its party talks in the call, or may.
    #[default]
    Party,
    /// It is told of the call, and is not in it.
    Beside,
    /// It has begun the call, and is played by the exchange: nobody is at its end.
    Guest(Guest),
}

/// One party of the call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    #[serde(default)]
    pub(crate) role: Role,
    pub(crate) direction: Direction,
    pub(crate) party: Party,
    pub(crate) stage: LegStage,
    /// What the party last said of its media.
    pub(crate) description: Option<Description>,
    /// What it said before the offer of its that is open now.
    #[serde(skip)]
    pub(crate) before_offer: Option<Box<Description>>,
    /// The party asked us not to send, or said it will not.
    pub(crate) holding: bool,
    /// It hears music in place of the other, which holds it.
    #[serde(default)]
    pub(crate) hears_music: bool,
    pub(crate) pending: Option<Pending>,
    /// Whether it is to go over to fax.
    #[serde(skip)]
    pub(crate) wish: Wish,
    /// It ought to talk and is not heard.
    #[serde(skip)]
    pub(crate) silent: bool,
    /// How often that was told.
    #[serde(default)]
    pub(crate) silences: u8,
}

impl Leg {
    pub(crate) fn is_open(&self) -> bool {
        self.stage != LegStage::Closed
    }

    /// Whether it is played by the exchange.
    pub(crate) fn is_guest(&self) -> bool {
        match self.role {
            Role::Guest(_) => true,
            Role::Party | Role::Beside => false,
        }
    }

    /// Whether it rings, and would be in the call if it were answered.
    pub(crate) fn is_ringing(&self) -> bool {
        self.role == Role::Party && self.is_called()
    }

    /// Whether it rings beside the call.
    pub(crate) fn rings_beside(&self) -> bool {
        self.role == Role::Beside && self.is_called()
    }

    fn is_called(&self) -> bool {
        matches!(self.stage, LegStage::Dialled | LegStage::Ringing)
    }
}
