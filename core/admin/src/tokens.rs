//! Use cases of API keys. A key's text is shown once, when it is made or rotated.

use std::time::Duration;

use domain::{Invalid, TOKEN_OVERLAP_MAX, TokenRecord, check_scopes};
use ids::TokenId;
use machine::WallTime;
use ports::{Renewal, StoreError, TokenReach};
use tenancy::{AccountScope, Owner, TokenText};

use crate::office::Office;

/// Longest name of a key, in characters.
const NAME_MAX: usize = 64;

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What people call it, 1 to 64 characters.
    pub name: String,
    /// Whose it shall be.
    pub owner: Owner,
    /// When it ends by itself; `None` for never.
    pub expires: Option<WallTime>,
    /// Patterns of the permissions that it may use; without any, all of its owner's.
    pub scopes: Vec<String>,
}

impl NewKey {
    /// A key that may do all that its owner may, and does not end by itself.
    pub fn of(owner: Owner, name: impl Into<String>) -> NewKey {
        NewKey {
            name: name.into(),
            owner,
            expires: None,
            scopes: Vec::new(),
        }
    }

    fn check(&self, now: WallTime) -> Result<(), Invalid> {
        let fits = (1..=NAME_MAX).contains(&self.name.chars().count());
        if !fits || self.name.chars().any(char::is_control) {
            return Err(Invalid::new(
                "/name",
                "must have 1 to 64 printable characters",
            ));
        }
        if self.expires.is_some_and(|end| end <= now) {
            return Err(Invalid::new("/expires", "must be in the future"));
        }
        check_scopes(&self.scopes)
    }
}

/// Makes an API key: what is kept of it, and its text to be shown once.
///
/// # Errors
/// `Invalid` for a name of no or more than 64 characters, an expiry in the past or a scope that is
/// no permission, `NotFound` for a key of somebody who is not there or not within reach, `Quota`
/// when there are as many as may be, else what the store says.
pub async fn create(
    office: &Office,
    reach: &TokenReach,
    new: NewKey,
) -> Result<(TokenRecord, TokenText), StoreError> {
    let now = office.now();
    let new = NewKey {
        name: new.name.trim().to_owned(),
        ..new
    };
    new.check(now)?;
    let text = TokenText::from_entropy(office.random());
    let token = TokenRecord {
        id: office.mint(TokenId::new),
        name: new.name,
        owner: new.owner,
        hash: text.hash(),
        created: now,
        expires: new.expires,
        revoked: None,
        scopes: new.scopes,
        former: None,
        used: None,
    };
    let audit = office.audit(
        new.owner,
        reach.actor(),
        "token.created",
        token.id.to_string(),
    );
    office.store().put_token(reach, &token, &audit).await?;
    Ok((token, text))
}

/// All API keys within reach, revoked ones too: of one owner, or all.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    reach: &TokenReach,
    owner: Option<Owner>,
) -> Result<Vec<TokenRecord>, StoreError> {
    office.store().tokens(reach, owner).await
}

/// One API key within reach.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn get(
    office: &Office,
    reach: &TokenReach,
    id: TokenId,
) -> Result<TokenRecord, StoreError> {
    let found = office.store().token(reach, id).await?;
    found.ok_or(StoreError::NotFound)
}

/// Gives an API key a new text, to be shown once. The present one stays good for the overlap; one
/// from a rotation before ends at once.
///
/// # Errors
/// `Invalid` for an overlap of more than [`TOKEN_OVERLAP_MAX`] and for a key that has ended,
/// `NotFound`, else what the store says.
pub async fn rotate(
    office: &Office,
    reach: &TokenReach,
    id: TokenId,
    overlap: Duration,
) -> Result<(TokenRecord, TokenText), StoreError> {
    if overlap > TOKEN_OVERLAP_MAX {
        let rule = "must be at most 2592000, which is 30 days";
        return Err(Invalid::new("/overlap_seconds", rule).into());
    }
    let (now, known) = (office.now(), get(office, reach, id).await?);
    if !known.is_live(now) {
        return Err(Invalid::new("", "a key that has ended is not rotated; make a new one").into());
    }
    let text = TokenText::from_entropy(office.random());
    let renewal = Renewal {
        hash: text.hash(),
        at: now,
        until: now + overlap,
    };
    let audit = office.audit(known.owner, reach.actor(), "token.rotated", id.to_string());
    let store = office.store();
    let renewed = store.rotate_token(reach, id, renewal, &audit).await?;
    Ok((renewed, text))
}

/// Revokes an API key at once, with both its texts.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn revoke(office: &Office, reach: &TokenReach, id: TokenId) -> Result<(), StoreError> {
    let known = get(office, reach, id).await?;
    let audit = office.audit(known.owner, reach.actor(), "token.revoked", id.to_string());
    let store = office.store();
    store.revoke_token(reach, id, office.now(), &audit).await
}

/// Makes an operator's key when there is no live one; `None` when there is.
///
/// # Errors
/// What the store says.
pub async fn first_operator(
    office: &Office,
    scope: &AccountScope,
) -> Result<Option<TokenText>, StoreError> {
    let (now, reach) = (office.now(), TokenReach::from(scope));
    let known = list(office, &reach, Some(Owner::PLATFORM)).await?;
    if known.iter().any(|token| token.is_live(now)) {
        return Ok(None);
    }
    let new = NewKey::of(Owner::PLATFORM, "first operator");
    let (_, text) = create(office, &reach, new).await?;
    Ok(Some(text))
}
