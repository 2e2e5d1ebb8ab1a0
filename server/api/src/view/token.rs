//! The view of an API key. Its text is in it once, when it was made.

use domain::{Rights, TokenRecord};
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
    /// The permissions that it may use, such as `cdr.read`, `extension.*` or `*.read`, 1 to 64.
    /// Without it, all of its owner's.
    #[schema(min_items = 1, max_items = 64, example = json!(["extension.*", "cdr.read"]))]
    pub(crate) scopes: Option<Vec<String>>,
}

/// An API key of a tenant to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTenantToken {
    /// What people call it.
    #[schema(min_length = 1, max_length = 64, example = "crm")]
    pub(crate) name: String,
    /// When it ends by itself. Without it, never.
    #[schema(format = DateTime)]
    pub(crate) expires: Option<String>,
    /// The permissions that it may use, such as `cdr.read`, `extension.*` or `*.read`, 1 to 64.
    /// Without it, all of its tenant's.
    #[schema(min_items = 1, max_items = 64, example = json!(["extension.*", "cdr.read"]))]
    pub(crate) scopes: Option<Vec<String>>,
}

/// How a key gets a new text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// How long the present text stays good, in seconds: a day when it says nothing, 0 to end it
    /// at once.
    #[schema(minimum = 0, maximum = 2_592_000, default = 86_400)]
    pub(crate) overlap_seconds: Option<u32>,
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
    /// The permissions that it may use; null when it may use all of its owner's.
    scopes: Option<Vec<String>>,
    /// When it was last used, to the hour.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used: Option<WallTime>,
    /// Until when the text from before its last rotation is good, while it is.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    former_until: Option<WallTime>,
    /// The key itself. Shown when it was made or rotated, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl TokenView {
    /// What is shown of a key at `now`.
    pub(crate) fn of(token: TokenRecord, now: WallTime) -> TokenView {
        let live = token.is_live(now);
        let former = token.former.map(|former| former.until);
        TokenView {
            id: token.id,
            name: token.name,
            role: role(token.owner),
            tenant: token.owner.tenant(),
            reseller: reseller(token.owner),
            created: token.created,
            expires: token.expires,
            revoked: token.revoked,
            scopes: Some(token.scopes).filter(|scopes| !scopes.is_empty()),
            last_used: token.used,
            former_until: former.filter(|until| live && *until > now),
            key: None,
        }
    }

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
    /// Every permission that it has at this moment.
    permissions: Vec<String>,
}

impl WhoAmI {
    /// Who a caller with these rights is.
    pub(crate) fn of(principal: &Principal, rights: &Rights) -> WhoAmI {
        WhoAmI {
            token: principal.token(),
            user: principal.user(),
            role: role(principal.owner()),
            tenant: principal.tenant(),
            reseller: reseller(principal.owner()),
            permissions: rights.iter().map(|one| one.to_string()).collect(),
        }
    }
}
