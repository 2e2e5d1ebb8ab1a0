//! What a plan consists of: the things that are done with a call.

use crate::Attested;
use crate::Diversion;
use crate::Failover;
use ids::{DeviceId, ExtensionId, TrunkId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A party played by the exchange itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guest {
    /// Sends back what it hears.
    Echo,
    /// Plays the announcement, again and again.
    Announcement,
    /// Lets all who are there hear each other: the conference that is this extension.
    Conference(ExtensionId),
    /// Receives faxes for this extension.
    Fax(ExtensionId),
    /// Says something.
    Speaker(Spoken),
}

/// What the exchange says to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spoken {
    /// The day and the time.
    Clock,
    /// The number of the extension that calls.
    OwnNumber,
    /// What this extension announces.
    Announcement(ExtensionId),
}

/// A final answer to the caller, in SIP's and in Q.850's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// SIP status, 400 to 699.
    pub status: u16,
    /// Q.850 cause.
    pub cause: u8,
}

impl Refusal {
    /// Nobody here has that number. Also said of what the caller may not see.
    pub const NOT_FOUND: Refusal = Refusal {
        status: 404,
        cause: 1,
    };
    /// The number exists but nothing rings there now.
    pub const UNAVAILABLE: Refusal = Refusal {
        status: 480,
        cause: 20,
    };
    /// The caller's company may not place calls.
    pub const FORBIDDEN: Refusal = Refusal {
        status: 403,
        cause: 21,
    };
    /// What was dialled is no number that can be called.
    pub const INCOMPLETE: Refusal = Refusal {
        status: 484,
        cause: 28,
    };
    /// No trunk is there that would take the call.
    pub const NO_TRUNK: Refusal = Refusal {
        status: 503,
        cause: 38,
    };
    /// The proof of who calls is not what the company asks for (RFC 8224 §6.2.2).
    #[must_use]
    pub(crate) const fn unproved(status: u16) -> Refusal {
        Refusal { status, cause: 21 }
    }

    /// The caller's company has as much as it may have at a time.
    pub const CONGESTED: Refusal = Refusal {
        status: 503,
        cause: 42,
    };
}

/// One thing to do; the next is tried when it fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Ring all these devices at once.
    Ring {
        /// Whose devices they are.
        extension: ExtensionId,
        /// The number they belong to, for explanations.
        number: String,
        /// At least one.
        devices: Vec<DeviceId>,
        /// How long they may ring.
        timeout: Duration,
    },
    /// Call a number by a trunk.
    Trunk {
        /// Which; one that the tenant may use.
        trunk: TrunkId,
        /// The number as it goes on the wire.
        called: String,
        /// The number that is shown, as digits without a plus: always one of the tenant's own;
        /// `None` when none is shown (RFC 3323 §4.1.1.3).
        identity: Option<String>,
        /// What is vouched for that number; `None` for a call that is not signed.
        #[serde(default)]
        attested: Option<Attested>,
        /// The number of whoever called in from outside, as digits, where this trunk takes it in
        /// `From` of a call that the company sends on. Nobody has looked yet whether it is a
        /// number of another tenant, which is never shown.
        caller: Option<String>,
        /// Which of its answers let the next step be tried, where it says other than usual.
        #[serde(default)]
        failover: Failover,
        /// It is listened who answers.
        #[serde(default)]
        tells_who_answers: bool,
        /// How long it has to be answered.
        timeout: Duration,
    },
    /// The call goes on elsewhere from here; what follows is done there.
    Divert(Diversion),
    /// Where the call goes on to, should what went before end for this reason; else it is passed
    /// over. Routing is to be asked when it comes to that ([`crate::Purpose::Forward`]).
    Forward(Diversion),
    /// Connect to a party inside the exchange.
    Guest(Guest),
    /// Give up.
    Refuse(Refusal),
}
