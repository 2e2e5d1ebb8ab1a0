//! API keys as they are kept.

use std::time::Duration;

use ids::TokenId;
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::{KeyLimits, Owner, TokenHash};

use crate::invalid::{Invalid, rule};
use crate::role::patterns;

/// Most keys of one owner that open something, whatever its plan says.
pub const TOKENS_MAX: u32 = 200;

/// Keys of one owner that have ended and are still known; older ones are forgotten.
pub const TOKENS_ENDED_KEPT: u32 = 100;

/// Most scopes of a key.
pub const SCOPES_MAX: usize = 64;

/// How long the former text of a rotated key stays good, when nobody says.
pub const TOKEN_OVERLAP: Duration = Duration::from_secs(24 * 3_600);

/// The longest time that it can stay good.
pub const TOKEN_OVERLAP_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How exactly the last use of a key is known.
pub const TOKEN_USE_STEP: Duration = Duration::from_secs(3_600);

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
    /// Patterns of the permissions that it may use; without any, all of its owner's.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Its text before it was rotated.
    #[serde(default)]
    pub former: Option<FormerText>,
    /// When it was last used, to [`TOKEN_USE_STEP`]; `None` when it never was.
    #[serde(default)]
    pub used: Option<WallTime>,
}

/// The text of a key before it was rotated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerText {
    /// SHA-256 of it.
    pub hash: TokenHash,
    /// When it ends.
    pub until: WallTime,
}

impl TokenRecord {
    /// Whether the key opens anything at `now`.
    pub fn is_live(&self, now: WallTime) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }

    /// The hash of the text that was presented, when that text opens something at `now`: the
    /// present one, or the former until its end. Compared in constant time.
    pub fn opened_by(&self, presented: &TokenHash, now: WallTime) -> Option<TokenHash> {
        let former = self.former.as_ref().filter(|former| now < former.until);
        let (is_present, is_former) = (
            self.hash.matches(presented),
            former.is_some_and(|former| former.hash.matches(presented)),
        );
        ((is_present || is_former) && self.is_live(now)).then_some(*presented)
    }

    /// The same with a new text; the present one is good until a time yet.
    #[must_use]
    pub fn renewed(self, hash: TokenHash, until: WallTime) -> TokenRecord {
        let former = FormerText {
            hash: self.hash,
            until,
        };
        TokenRecord {
            hash,
            former: Some(former),
            ..self
        }
    }

    /// What it was made with less of than its owner has.
    pub fn limits(&self) -> KeyLimits {
        KeyLimits {
            scopes: self.scopes.clone(),
            expires: self.expires,
        }
    }
}

/// The rule for the scopes of a key.
///
/// # Errors
/// [`Invalid`] for more than [`SCOPES_MAX`], and for a text that is no pattern of permissions.
pub fn check_scopes(scopes: &[String]) -> Result<(), Invalid> {
    rule(
        scopes.len() <= SCOPES_MAX,
        "/scopes",
        "must name at most 64 permissions",
    )?;
    patterns(scopes, "/scopes")
}

#[cfg(test)]
mod tests;
