//! Who is asking: actors for the record, principals for permission.

use std::fmt;

use ids::{DeviceId, TenantId, TokenId, TrunkId, UserId};
use machine::WallTime;

use crate::owner::Owner;
use crate::token::{TokenHash, TokenText};

/// The party on whose behalf something is done, as the audit trail names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// A telephone that proved itself over SIP.
    Device(DeviceId),
    /// A carrier whose call came by a trunk.
    Trunk(TrunkId),
    /// An API key.
    Token(TokenId),
    /// A person who signed in.
    User(UserId),
    /// A job of the exchange itself, by its name.
    Job(&'static str),
    /// The operator at the machine's own console.
    Operator,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Device(id) => write!(f, "device {id}"),
            Actor::Trunk(id) => write!(f, "trunk {id}"),
            Actor::Token(id) => write!(f, "token {id}"),
            Actor::User(id) => write!(f, "user {id}"),
            Actor::Job(name) => write!(f, "job {name}"),
            Actor::Operator => f.write_str("operator"),
        }
    }
}

/// The holder of an API key, or of the access token of a person who signed in, that was presented
/// and matched.
///
/// Only [`Principal::prove`] and [`Principal::signed_in`] make one, so holding a `Principal` means
/// the text was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    actor: Actor,
    owner: Owner,
    limits: KeyLimits,
}

/// What an API key was made with less of than its owner has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyLimits {
    /// Patterns of the permissions that it may use; none of them when it may use all of its
    /// owner's.
    pub scopes: Vec<String>,
    /// When it ends by itself.
    pub expires: Option<WallTime>,
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
        stored.matches(&presented.hash()).then(|| Principal {
            actor: Actor::Token(token),
            owner,
            limits: KeyLimits::default(),
        })
    }

    /// The same with the limits that its key was made with. Whoever has limits keeps them.
    #[must_use]
    pub fn limited(self, limits: KeyLimits) -> Principal {
        if self.limits != KeyLimits::default() {
            return self;
        }
        Principal { limits, ..self }
    }

    /// Compares the hash of a presented access token with the one of a person's login, in
    /// constant time.
    ///
    /// `None` when they differ. Whether the login has ended and the person is enabled is the
    /// caller's to check beforehand.
    pub fn signed_in(
        user: UserId,
        owner: Owner,
        stored: &TokenHash,
        presented: &TokenHash,
    ) -> Option<Principal> {
        stored.matches(presented).then(|| Principal {
            actor: Actor::User(user),
            owner,
            limits: KeyLimits::default(),
        })
    }

    /// On whose behalf it acts: an API key's or a person's.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The API key, when it is one.
    pub fn token(&self) -> Option<TokenId> {
        match self.actor {
            Actor::Token(token) => Some(token),
            Actor::Device(_)
            | Actor::Trunk(_)
            | Actor::User(_)
            | Actor::Job(_)
            | Actor::Operator => None,
        }
    }

    /// The person, when it is one.
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(user) => Some(user),
            Actor::Device(_)
            | Actor::Trunk(_)
            | Actor::Token(_)
            | Actor::Job(_)
            | Actor::Operator => None,
        }
    }

    /// What its key was made with less of than its owner has; a person's login has no limits.
    pub fn limits(&self) -> &KeyLimits {
        &self.limits
    }

    /// Whose key or whose person it is: it opens the owner and, when that is an account, what
    /// lies below.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// The one tenant this principal belongs to; `None` for operators and resellers.
    pub fn tenant(&self) -> Option<TenantId> {
        self.owner.tenant()
    }
}
