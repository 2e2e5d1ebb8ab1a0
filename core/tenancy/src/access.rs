//! Who is asking: actors for the record, principals for permission.

use std::fmt;

use ids::{DeviceId, TenantId, TokenId};

use crate::owner::Owner;
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

/// The holder of an API key that was presented and matched.
///
/// Only [`Principal::prove`] makes one, so holding a `Principal` means the key's text was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    token: TokenId,
    owner: Owner,
}

impl Principal {
    /// Compares a presented key with the stored hash, in constant time.
    ///
    /// `None` when they differ. Expiry and revocation are the caller's to check beforehand.
    pub fn prove(
        token: TokenId,
        owner: Owner,
        stored: &TokenHash,
        presented: &TokenText,
    ) -> Option<Principal> {
        stored
            .matches(&presented.hash())
            .then_some(Principal { token, owner })
    }

    /// The API key.
    pub fn token(&self) -> TokenId {
        self.token
    }

    /// Whose key it is: it opens the owner and, when that is an account, what lies below.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// The one tenant this principal belongs to; `None` for operators and resellers.
    pub fn tenant(&self) -> Option<TenantId> {
        self.owner.tenant()
    }
}
