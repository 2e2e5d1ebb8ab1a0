//! Use cases of API keys. A key's text is shown once, when it is made.

use domain::{Invalid, TokenRecord};
use ids::{TenantId, TokenId};
use machine::WallTime;
use ports::StoreError;
use tenancy::{PlatformScope, Role, TokenText};

use crate::office::Office;

/// Longest name of a key, in characters.
const NAME_MAX: usize = 64;

/// Makes an API key: what is kept of it, and its text to be shown once.
///
/// # Errors
/// `Invalid` for a name of no or more than 64 characters or an expiry in the past, `NotFound`
/// for a tenant's key without the tenant, else what the store says.
pub async fn create(
    office: &Office,
    scope: &PlatformScope,
    name: &str,
    role: Role,
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
        role,
        hash: text.hash(),
        created: now,
        expires,
        revoked: None,
    };
    let audit = office.audit(
        tenant_of(role),
        scope.actor(),
        "token.created",
        token.id.to_string(),
    );
    office.store().put_token(scope, &token, &audit).await?;
    Ok((token, text))
}

fn tenant_of(role: Role) -> Option<TenantId> {
    match role {
        Role::Operator => None,
        Role::Tenant(tenant) => Some(tenant),
    }
}

/// All API keys, revoked ones too: of one tenant, or all.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &PlatformScope,
    tenant: Option<TenantId>,
) -> Result<Vec<TokenRecord>, StoreError> {
    office.store().tokens(scope, tenant).await
}

/// Revokes an API key at once.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn revoke(
    office: &Office,
    scope: &PlatformScope,
    token: TokenId,
) -> Result<(), StoreError> {
    let known = office.store().tokens(scope, None).await?;
    let record = known
        .into_iter()
        .find(|t| t.id == token)
        .ok_or(StoreError::NotFound)?;
    let tenant = tenant_of(record.role);
    let audit = office.audit(tenant, scope.actor(), "token.revoked", token.to_string());
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
    scope: &PlatformScope,
) -> Result<Option<TokenText>, StoreError> {
    let now = office.now();
    let known = office.store().tokens(scope, None).await?;
    if known
        .iter()
        .any(|token| token.role == Role::Operator && token.is_live(now))
    {
        return Ok(None);
    }
    let (_, text) = create(office, scope, "first operator", Role::Operator, None).await?;
    Ok(Some(text))
}
