//! Counts: how many documents of each counted kind somebody has, or may have.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kind_name::KindName;

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
            | KindName::Sso => None,
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
            | KindName::Sso => None,
        }
    }
}
