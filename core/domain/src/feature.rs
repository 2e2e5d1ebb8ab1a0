//! What a plan may leave out.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kind_name::KindName;

/// What a seller may leave out of a plan. A company without a plan has everything.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Programs of the company with API keys of their own.
    ApiKeys,
    /// Taking the company out as a whole, over the API.
    Archives,
    /// Following events as they happen, over server-sent events or a WebSocket.
    EventStreams,
    /// Importing and exporting sheets (CSV).
    Sheets,
    /// Signing in by way of the company's own server (OpenID Connect), and setting one up.
    Sso,
    /// Transfer of calls by phones (REFER).
    Transfers,
    /// Webhooks: new ones, and deliveries to those that are there.
    Webhooks,
}

impl Feature {
    /// All of them, in the order of their words.
    pub const ALL: [Feature; 7] = [
        Feature::ApiKeys,
        Feature::Archives,
        Feature::EventStreams,
        Feature::Sheets,
        Feature::Sso,
        Feature::Transfers,
        Feature::Webhooks,
    ];

    /// What must be sold with documents of a kind.
    pub fn of_kind(kind: KindName) -> Option<Feature> {
        match kind {
            KindName::Sso => Some(Feature::Sso),
            KindName::Webhook => Some(Feature::Webhooks),
            KindName::Reseller
            | KindName::Plan
            | KindName::Tenant
            | KindName::Extension
            | KindName::Device
            | KindName::Role
            | KindName::User
            | KindName::Hold
            | KindName::RateDeck
            | KindName::Trunk
            | KindName::Number
            | KindName::SigningKey
            | KindName::Schedule
            | KindName::Sound
            | KindName::Music
            | KindName::EmergencyLocation
            | KindName::Site
            | KindName::InboundRoute
            | KindName::OutboundRoute
            | KindName::TollGuard
            | KindName::Containment => None,
        }
    }

    /// The word for it, as in a plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Feature::ApiKeys => "api_keys",
            Feature::Archives => "archives",
            Feature::EventStreams => "event_streams",
            Feature::Sheets => "sheets",
            Feature::Sso => "sso",
            Feature::Transfers => "transfers",
            Feature::Webhooks => "webhooks",
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
