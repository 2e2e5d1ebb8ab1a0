//! The view of an API key. Its text is in it once, when it was made.

use domain::TokenRecord;
use ids::{ResellerId, TenantId, TokenId, UserId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::{Account, Owner, Principal, TokenText};
use utoipa::ToSchema;

/// What a key may do: run the platform, sell below a reseller's account, or administer one tenant,
/// and see nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyLevel)]
pub(crate) enum RoleView {
    /// Runs the platform.
    Operator,
    /// Sells: sees the resellers and tenants below one account.
    Reseller,
    /// Administers one tenant.
    Tenant,
}

fn role(owner: Owner) -> RoleView {
    match owner {
        Owner::Account(Account::Platform) => RoleView::Operator,
        Owner::Account(Account::Reseller(_)) => RoleView::Reseller,
        Owner::Tenant(_) => RoleView::Tenant,
    }
}

fn reseller(owner: Owner) -> Option<ResellerId> {
    match owner {
        Owner::Account(Account::Reseller(reseller)) => Some(reseller),
        Owner::Account(Account::Platform) | Owner::Tenant(_) => None,
    }
}

/// An API key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What people call it.
    #[schema(min_length = 1, max_length = 64, example = "provisioning")]
    pub(crate) name: String,
    /// The tenant that it administers, by id or domain.
    pub(crate) tenant: Option<String>,
    /// The reseller that it sells for, by id or name. Without this and without a tenant the key is
    /// one of the caller's own account.
    pub(crate) reseller: Option<String>,
    /// When it ends by itself. Without it, never.
    #[schema(format = DateTime)]
    pub(crate) expires: Option<String>,
}

/// What is kept of an API key.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenView {
    /// The id.
    #[schema(value_type = String, example = "tok_01hg5z3r8k0000000000000000")]
    pub(crate) id: TokenId,
    /// What people call it.
    name: String,
    /// What it may do.
    role: RoleView,
    /// The tenant that it administers.
    #[schema(value_type = Option<String>)]
    tenant: Option<TenantId>,
    /// The reseller that it sells for.
    #[schema(value_type = Option<String>)]
    reseller: Option<ResellerId>,
    /// When it was made.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    created: WallTime,
    /// When it ends by itself.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<WallTime>,
    /// When it was revoked.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked: Option<WallTime>,
    /// The key itself. Shown when it was made, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<TokenRecord> for TokenView {
    fn from(token: TokenRecord) -> Self {
        TokenView {
            id: token.id,
            name: token.name,
            role: role(token.owner),
            tenant: token.owner.tenant(),
            reseller: reseller(token.owner),
            created: token.created,
            expires: token.expires,
            revoked: token.revoked,
            key: None,
        }
    }
}

impl TokenView {
    /// The same with the key itself.
    pub(crate) fn showing(self, text: &TokenText) -> TokenView {
        TokenView {
            key: Some(text.reveal().to_owned()),
            ..self
        }
    }
}

/// Who the caller is.
#[derive(Serialize, ToSchema)]
pub(crate) struct WhoAmI {
    /// The id of the key that was presented, when it was one.
    #[schema(value_type = Option<String>)]
    token: Option<TokenId>,
    /// The id of the person who signed in, when it is one.
    #[schema(value_type = Option<String>)]
    user: Option<UserId>,
    /// What it may do.
    role: RoleView,
    /// The tenant that it administers.
    #[schema(value_type = Option<String>)]
    tenant: Option<TenantId>,
    /// The reseller that it sells for.
    #[schema(value_type = Option<String>)]
    reseller: Option<ResellerId>,
}

impl From<&Principal> for WhoAmI {
    fn from(principal: &Principal) -> Self {
        WhoAmI {
            token: principal.token(),
            user: principal.user(),
            role: role(principal.owner()),
            tenant: principal.tenant(),
            reseller: reseller(principal.owner()),
        }
    }
}
