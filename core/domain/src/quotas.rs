//! Counts: how many documents of each counted kind somebody has, or may have.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kind_name::KindName;
use crate::limit::Limit;
use crate::token::TOKENS_MAX;

/// How many of each a plan includes or allows. What is left out is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Extensions of a tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<u32>,
    /// Devices of a tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u32>,
    /// Roles that a tenant makes beside those that are always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<u32>,
    /// People of a tenant who sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<u32>,
    /// API keys of a tenant that open something, 200 at most whatever the plan says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<u32>,
    /// Webhooks of a tenant, 50 at most whatever the plan says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<u32>,
}

impl Quotas {
    /// How many documents of a kind are allowed; `None` when they are not limited.
    pub fn of(&self, kind: KindName) -> Option<u32> {
        match kind {
            KindName::Extension => self.extensions,
            KindName::Device => self.devices,
            KindName::Role => self.roles,
            KindName::User => self.users,
            KindName::Webhook => self.webhooks,
            KindName::Reseller
            | KindName::Plan
            | KindName::Tenant
            | KindName::Hold
            | KindName::Sso
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

    /// The limit of a kind that is in force when this is a tenant's maximum; `None` when there is
    /// none.
    pub fn limit_of(&self, kind: KindName) -> Option<Limit> {
        match (self.of(kind), kind.most()) {
            (Some(sold), Some(most)) if sold > most => Some(Limit::by_exchange(most)),
            (Some(sold), _) => Some(Limit::by_plan(sold)),
            (None, most) => most.map(Limit::by_exchange),
        }
    }

    /// The limit of API keys that is in force when this is a tenant's maximum.
    pub fn limit_of_keys(&self) -> Limit {
        match self.keys {
            Some(most) if most <= TOKENS_MAX => Limit::by_plan(most),
            Some(_) | None => Limit::by_exchange(TOKENS_MAX),
        }
    }
}

/// How many accounts and tenants a reseller may have below it, at any depth. What is left out is
/// not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ResellerLimits {
    /// Resellers below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resellers: Option<u32>,
    /// Tenants below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenants: Option<u32>,
}

impl ResellerLimits {
    /// How many documents of a kind are allowed; `None` when they are not limited.
    pub fn of(&self, kind: KindName) -> Option<u32> {
        match kind {
            KindName::Reseller => self.resellers,
            KindName::Tenant => self.tenants,
            KindName::Plan
            | KindName::Extension
            | KindName::Device
            | KindName::Role
            | KindName::User
            | KindName::Hold
            | KindName::Webhook
            | KindName::Sso
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
}
