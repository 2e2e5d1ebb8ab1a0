//! Where a call goes, expanded to what can be reached at this moment.

use domain::Vouched;
use ids::{DeviceId, ExtensionId, SigningKeyId, TrunkId};
use routing::{Diversion, Emergency, Explanation, Failover, Guest, Refusal};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One way to reach a device: a registered contact or its fixed address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The device.
    pub device: DeviceId,
    /// Its extension.
    pub extension: ExtensionId,
    /// The extension's number.
    pub number: String,
    /// The extension's name.
    pub display: String,
    /// Which of the device's contacts; the owner of the registrations knows what it means.
    pub slot: u8,
}

/// One address of a trunk's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkPeer {
    /// Which it is; the owner of the trunks knows what it means.
    pub slot: u8,
    /// The address in words, for the explanation.
    pub address: String,
}

/// Somebody outside whose call is sent on, and who is shown in the place of the company's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// Digits of the number; it is none of another tenant's.
    pub number: String,
    /// By which key it is proved that the company sends the call on (RFC 8946), where the caller's
    /// own proof came with it; `None` where nothing is signed.
    #[serde(default)]
    pub key: Option<SigningKeyId>,
}

/// A call by a trunk, its peers in the order in which they are tried at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkCall {
    /// The trunk.
    pub trunk: TrunkId,
    /// The number called, as it goes on the wire.
    pub called: String,
    /// The number shown: digits of one of the company's own, or none.
    pub identity: Option<String>,
    /// What is vouched for that number; `None` for a call that is not signed.
    #[serde(default)]
    pub vouched: Option<Vouched>,
    /// Whose number is in `From` in its place.
    pub caller: Option<Passed>,
    /// Which of its answers let the next trunk be tried, where it says other than usual.
    #[serde(default)]
    pub failover: Failover,
    /// It is listened who answers.
    #[serde(default)]
    pub tells_who_answers: bool,
    /// The name shown; may be empty.
    pub display: String,
    /// Which of the trunk's addresses, the best first. Each is one attempt.
    pub peers: Vec<TrunkPeer>,
    /// How long it may ring.
    pub timeout: Duration,
}

/// One step of a plan, its devices expanded to what can be reached at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialStep {
    /// Ring all at once.
    Ring {
        /// The number that was meant.
        number: String,
        /// May be empty: then nothing is registered.
        targets: Vec<Contact>,
        /// How long.
        timeout: Duration,
    },
    /// Call by a trunk.
    Trunk(TrunkCall),
    /// The call goes on elsewhere from here.
    Divert(Diversion),
    /// Where it goes on to, should what rang before end for this reason; routing is asked then.
    Forward(Diversion),
    /// Connect to a party of the exchange.
    Guest(Guest),
    /// Give up.
    Refuse(Refusal),
    /// The caller's company has its share already; the text says of what, in figures.
    Capped(String),
}

/// Phones that ring beside a call, to be told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// The phones.
    pub targets: Vec<Contact>,
    /// The number that they are shown.
    pub number: String,
    /// What they are shown of the call.
    pub display: String,
}

/// A plan that can be carried out now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialPlan {
    /// In order.
    pub steps: Vec<DialStep>,
    /// Why.
    pub explanation: Explanation,
    /// What it is about where somebody calls for help: then every way is tried, whatever the one
    /// before said.
    pub emergency: Option<Box<Emergency>>,
    /// Who is told of the call beside.
    #[serde(default)]
    pub beside: Option<Box<Beside>>,
}
