//! API keys as they are kept.

use ids::TokenId;
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::{Owner, TokenHash};

/// What is kept of an API key: never its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// The key's id.
    pub id: TokenId,
    /// What people call it, at most 64 characters.
    pub name: String,
    /// Whose it is, and so what it opens.
    pub owner: Owner,
    /// SHA-256 of its text.
    pub hash: TokenHash,
    /// When it was made.
    pub created: WallTime,
    /// When it ends by itself; `None` for never.
    pub expires: Option<WallTime>,
    /// When it was revoked.
    pub revoked: Option<WallTime>,
}

impl TokenRecord {
    /// Whether the key opens anything at `now`.
    pub fn is_live(&self, now: WallTime) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }
}
