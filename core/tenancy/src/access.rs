//! Who is asking: actors for the record, principals for permission.

use std::fmt;

use ids::{DeviceId, TenantId, TokenId};
use serde::{Deserialize, Serialize};

use crate::token::{TokenHash, TokenText};

/// The party on whose behalf something is done, as the audit trail names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// A telephone that proved itself over SIP.
    Device(DeviceId),
    /// An API key.
    Token(TokenId),
    /// A job of the exchange itself, by its name.
    Job(&'static str),
    /// The operator at the machine's own console.
    Operator,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Device(id) => write!(f, "device {id}"),
            Actor::Token(id) => write!(f, "token {id}"),
            Actor::Job(name) => write!(f, "job {name}"),
            Actor::Operator => f.write_str("operator"),
        }
    }
}

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the platform; above all tenants.
    Operator,
    /// Administers one tenant and sees nothing else.
    Tenant(TenantId),
}

/// The holder of an API key that was presented and matched.
///
/// Only [`Principal::prove`] makes one, so holding a `Principal` means the key's text was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    token: TokenId,
    role: Role,
}

impl Principal {
    /// Compares a presented key with the stored hash, in constant time.
    ///
    /// `None` when they differ. Expiry and revocation are the caller's to check beforehand.
    pub fn prove(
        token: TokenId,
        role: Role,
        stored: &TokenHash,
        presented: &TokenText,
    ) -> Option<Principal> {
        stored
            .matches(&presented.hash())
            .then_some(Principal { token, role })
    }

    /// The API key.
    pub fn token(&self) -> TokenId {
        self.token
    }

    /// What the key may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The one tenant this principal belongs to; `None` for an operator.
    pub fn tenant(&self) -> Option<TenantId> {
        match self.role {
            Role::Operator => None,
            Role::Tenant(tenant) => Some(tenant),
        }
    }
}
