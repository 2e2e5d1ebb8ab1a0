//! Use cases of API keys. A key's text is shown once, when it is made.

use domain::{Invalid, TokenRecord};
use ids::TokenId;
use machine::WallTime;
use ports::StoreError;
use tenancy::{AccountScope, Owner, TokenText};

use crate::office::Office;

/// Longest name of a key, in characters.
const NAME_MAX: usize = 64;

/// Makes an API key: what is kept of it, and its text to be shown once.
///
/// # Errors
/// `Invalid` for a name of no or more than 64 characters or an expiry in the past, `NotFound`
/// for a key of somebody who is not there or not below the account, else what the store says.
pub async fn create(
    office: &Office,
    scope: &AccountScope,
    name: &str,
    owner: Owner,
    expires: Option<WallTime>,
) -> Result<(TokenRecord, TokenText), StoreError> {
    let (name, now) = (name.trim(), office.now());
    if !(1..=NAME_MAX).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Invalid::new("/name", "must have 1 to 64 printable characters").into());
    }
    if expires.is_some_and(|end| end <= now) {
        return Err(Invalid::new("/expires", "must be in the future").into());
    }
    let text = TokenText::from_entropy(office.random());
    let token = TokenRecord {
        id: office.mint(TokenId::new),
        name: name.to_owned(),
        owner,
        hash: text.hash(),
        created: now,
        expires,
        revoked: None,
    };
    let audit = office.audit(owner, scope.actor(), "token.created", token.id.to_string());
    office.store().put_token(scope, &token, &audit).await?;
    Ok((token, text))
}

/// All API keys of the account and of those below it, revoked ones too: of one owner, or all.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &AccountScope,
    owner: Option<Owner>,
) -> Result<Vec<TokenRecord>, StoreError> {
    office.store().tokens(scope, owner).await
}

/// Revokes an API key at once.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn revoke(
    office: &Office,
    scope: &AccountScope,
    token: TokenId,
) -> Result<(), StoreError> {
    let known = office.store().tokens(scope, None).await?;
    let record = known
        .into_iter()
        .find(|t| t.id == token)
        .ok_or(StoreError::NotFound)?;
    let audit = office.audit(
        record.owner,
        scope.actor(),
        "token.revoked",
        token.to_string(),
    );
    office
        .store()
        .revoke_token(scope, token, office.now(), &audit)
        .await
}

/// Makes an operator's key when there is no live one; `None` when there is.
///
/// # Errors
/// What the store says.
pub async fn first_operator(
    office: &Office,
    scope: &AccountScope,
) -> Result<Option<TokenText>, StoreError> {
    let now = office.now();
    let known = office.store().tokens(scope, None).await?;
    if known
        .iter()
        .any(|token| token.owner == Owner::PLATFORM && token.is_live(now))
    {
        return Ok(None);
    }
    let (_, text) = create(office, scope, "first operator", Owner::PLATFORM, None).await?;
    Ok(Some(text))
}
