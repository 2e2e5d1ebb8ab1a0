//! The names of all kinds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kinds of resource in this release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// An account that sells tenants under its own brand.
    Reseller,
    /// How much a tenant may use.
    Plan,
    /// A customer company.
    Tenant,
    /// A recording of a company's own.
    Sound,
    /// A programme of music on hold.
    Music,
    /// A dialable number inside a tenant.
    Extension,
    /// A place that help can be sent to.
    EmergencyLocation,
    /// The networks of a place.
    Site,
    /// One thing that registers.
    Device,
    /// What people who have it may do.
    Role,
    /// A person who signs in.
    User,
    /// What keeps data from being erased.
    Hold,
    /// An endpoint that is told of events.
    Webhook,
    /// A company's own sign-in server.
    Sso,
    /// What a carrier asks for calls.
    RateDeck,
    /// A connection to a carrier.
    Trunk,
    /// A telephone number of an account's inventory.
    Number,
    /// A key that signs calls.
    SigningKey,
    /// When a company is open.
    Schedule,
    /// A rule for calls that come in by trunks.
    InboundRoute,
    /// A rule for calls that go out by trunks.
    OutboundRoute,
    /// A budget for calls that go out by trunks.
    TollGuard,
    /// A device that may not call out by trunks.
    Containment,
}

impl KindName {
    /// All kinds, in the order in which they refer to each other.
    pub const ALL: [KindName; 23] = [
        KindName::Reseller,
        KindName::Plan,
        KindName::Tenant,
        KindName::Sound,
        KindName::Music,
        KindName::Extension,
        KindName::EmergencyLocation,
        KindName::Site,
        KindName::Device,
        KindName::Role,
        KindName::User,
        KindName::Hold,
        KindName::Webhook,
        KindName::Sso,
        KindName::RateDeck,
        KindName::Trunk,
        KindName::Number,
        KindName::SigningKey,
        KindName::Schedule,
        KindName::InboundRoute,
        KindName::OutboundRoute,
        KindName::TollGuard,
        KindName::Containment,
    ];

    /// The kind's word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            KindName::Reseller => "reseller",
            KindName::Plan => "plan",
            KindName::Tenant => "tenant",
            KindName::Sound => "sound",
            KindName::Music => "music",
            KindName::Extension => "extension",
            KindName::EmergencyLocation => "emergency_location",
            KindName::Site => "site",
            KindName::Device => "device",
            KindName::Role => "role",
            KindName::User => "user",
            KindName::Hold => "hold",
            KindName::Webhook => "webhook",
            KindName::Sso => "sso",
            KindName::RateDeck => "rate_deck",
            KindName::Trunk => "trunk",
            KindName::Number => "number",
            KindName::SigningKey => "signing_key",
            KindName::Schedule => "schedule",
            KindName::InboundRoute => "inbound_route",
            KindName::OutboundRoute => "outbound_route",
            KindName::TollGuard => "toll_guard",
            KindName::Containment => "containment",
        }
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is not the name of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind;

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a kind of resource")
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for KindName {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        KindName::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or(UnknownKind)
    }
}
