//! What a call orders: of its legs, of media, of routing.

use crate::{CallEvent, LegId, Passed};
use domain::Vouched;
use ids::{DeviceId, ExtensionId, TrunkId};
use routing::{RouteRequest, Spoken};
use sdp::Description;
use serde::{Deserialize, Serialize};

/// One order, or one event for the record.
#[derive(Clone, Debug)]
pub enum Output {
    /// To a leg.
    Leg(LegId, LegOrder),
    /// To media.
    Media(MediaOrder),
    /// Where does this lead? Answered by [`crate::Input::Routed`].
    Route {
        /// To be repeated in the answer.
        token: u16,
        /// The question.
        request: RouteRequest,
    },
    /// For the record.
    Event(CallEvent),
    /// The call has ended; said once, and last.
    Over,
}

/// Why a leg is ended, in RFC 3326's terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndReason {
    /// SIP status when one is the cause.
    pub status: Option<u16>,
    /// Q.850 cause.
    pub cause: u8,
    /// For a person.
    pub text: String,
}

impl EndReason {
    /// What the other phones are told when one has answered (RFC 3326 §2).
    #[must_use]
    pub fn answered_elsewhere() -> EndReason {
        EndReason {
            status: Some(200),
            cause: 26,
            text: "Call completed elsewhere".into(),
        }
    }

    /// A hang-up like any other.
    #[must_use]
    pub fn normal() -> EndReason {
        EndReason {
            status: None,
            cause: 16,
            text: "Normal call clearing".into(),
        }
    }
}

/// What a party of our own speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// The codecs that prompts are kept in; all, to whom none of those would do.
    Prompts,
    /// All that is spoken here: it gives back what it hears, or what it says is made for each.
    All,
    /// G.711 alone, which leaves the tones of modems as they are, or a fax as data (T.38), where
    /// the party offers that.
    Fax,
}

/// One attempt at a call by a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkAttempt {
    /// The trunk.
    pub trunk: TrunkId,
    /// Which of its peers.
    pub peer: u8,
    /// The number called, as it goes on the wire.
    pub called: String,
    /// The number shown: digits of one of the company's own, or none.
    pub identity: Option<String>,
    /// What is vouched for that number; `None` for a call that is not signed.
    pub vouched: Option<Vouched>,
    /// Whose number is in `From` in its place.
    pub caller: Option<Passed>,
    /// The name shown; may be empty.
    pub display: String,
}

/// An order to one leg.
#[derive(Clone, Debug)]
pub enum LegOrder {
    /// Tell the caller that the other side rings.
    Ring,
    /// Tell the caller that the call goes on elsewhere (181).
    Forwarded,
    /// Give the caller early media.
    Progress {
        /// The other side's description.
        description: Description,
    },
    /// Answer the caller.
    Answer {
        /// The other side's answer, or its offer when the caller made none.
        description: Option<Description>,
    },
    /// Answer the caller as a party of our own.
    AnswerLocally(Speaks),
    /// Refuse the caller.
    Refuse {
        /// SIP status.
        status: u16,
        /// Why.
        reason: EndReason,
    },
    /// Call a contact.
    Dial {
        /// The device.
        device: DeviceId,
        /// Which of the contacts that were named for it.
        slot: u8,
        /// The offer; nothing when the other side makes it.
        offer: Option<Description>,
        /// Whose number to show.
        number: String,
        /// Whose name to show.
        display: String,
    },
    /// Call a carrier.
    DialTrunk {
        /// By which way.
        attempt: TrunkAttempt,
        /// The offer; nothing when the other side makes it.
        offer: Option<Description>,
    },
    /// Give the party called the answer to its late offer.
    Confirm {
        /// The answer.
        description: Description,
    },
    /// Stop ringing.
    Cancel {
        /// Why.
        reason: EndReason,
    },
    /// Hang up.
    HangUp {
        /// Why.
        reason: EndReason,
    },
    /// Offer new media within the call.
    Reoffer {
        /// The offer; nothing when the party shall make it.
        description: Option<Description>,
    },
    /// Offer new media within the call as a party of our own.
    ReofferLocally(Speaks),
    /// Offer a fax (T.38) within the call in place of sound, as a fax machine of our own.
    OfferFax,
    /// Answer the party's re-offer.
    AnswerReoffer {
        /// The answer, or our offer when it asked for one.
        description: Description,
    },
    /// Answer the party's re-offer as a party of our own.
    AnswerReofferLocally(Speaks),
    /// Refuse the party's re-offer.
    RefuseReoffer {
        /// SIP status; 491 when two offers crossed.
        status: u16,
    },
    /// Take on a transfer.
    AcceptReferral,
    /// Decline a transfer.
    RefuseReferral {
        /// SIP status.
        status: u16,
    },
    /// Tell how a transfer goes (RFC 3515 §2.4.5).
    NotifyReferral {
        /// The status of the call to the new party.
        status: u16,
        /// Whether this is the last word.
        done: bool,
    },
    /// Pass on information (INFO).
    Inform {
        /// Its media type.
        content_type: String,
        /// Its bytes.
        body: Vec<u8>,
    },
}

/// Something the exchange plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// The announcement of `*44`.
    Announcement,
    /// The tone that says the other side rings.
    Ringback,
    /// What whoever is told of a call for help hears.
    Alert,
    /// The music that a party on hold hears.
    Music,
}

/// An order to media. A leg is in at most one of these states; a new order replaces the old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaOrder {
    /// The two hear each other.
    Bridge(LegId, LegId),
    /// The leg hears itself.
    Echo(LegId),
    /// The leg and all others that attend this conference of the company hear each other.
    Attend(LegId, ExtensionId),
    /// The leg sends a fax to this extension of the company.
    Fax(LegId, ExtensionId),
    /// The leg hears a prompt, again and again.
    Play(LegId, Prompt),
    /// The leg hears something that is said to it.
    Say(LegId, Spoken),
    /// The leg hears nothing.
    Silence(LegId),
}
