//! API keys, as whoever manages them sees them.

use async_trait::async_trait;
use domain::{AuditEntry, TokenRecord};
use ids::TokenId;
use machine::WallTime;
use tenancy::{AccountScope, Actor, Owner, TenantScope, TokenHash};

use crate::error::StoreError;

/// Whose keys are within reach: those of an account and of all below it, or one tenant's.
#[derive(Clone, Debug)]
pub enum TokenReach {
    /// Those of an account, and of the resellers and tenants below it.
    Below(AccountScope),
    /// Those of one tenant.
    Inside(TenantScope),
}

impl TokenReach {
    /// Who manages them.
    pub fn owner(&self) -> Owner {
        match self {
            TokenReach::Below(scope) => scope.owner(),
            TokenReach::Inside(scope) => scope.owner(),
        }
    }

    /// On whose behalf.
    pub fn actor(&self) -> Actor {
        match self {
            TokenReach::Below(scope) => scope.actor(),
            TokenReach::Inside(scope) => scope.actor(),
        }
    }
}

impl From<&AccountScope> for TokenReach {
    fn from(scope: &AccountScope) -> Self {
        TokenReach::Below(scope.clone())
    }
}

impl From<&TenantScope> for TokenReach {
    fn from(scope: &TenantScope) -> Self {
        TokenReach::Inside(scope.clone())
    }
}

/// A new text for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// Hash of the new text.
    pub hash: TokenHash,
    /// When it is given.
    pub at: WallTime,
    /// When the present text ends. One from a rotation before ends at once.
    pub until: WallTime,
}

/// The book of API keys. Nothing in it works without a scope.
#[async_trait]
pub trait TokenBook: Send + Sync {
    /// Adds a key; the oldest of its owner's ended keys beyond `domain::TOKENS_ENDED_KEPT` are
    /// forgotten.
    ///
    /// # Errors
    /// `NotFound` for the key of an owner beyond reach, `Conflict` for a second one with the same
    /// hash or id, `Quota` when the owner has as many as it may.
    async fn put_token(
        &self,
        reach: &TokenReach,
        token: &TokenRecord,
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;

    /// One key within reach, a revoked one too.
    async fn token(
        &self,
        reach: &TokenReach,
        id: TokenId,
    ) -> Result<Option<TokenRecord>, StoreError>;

    /// Keys within reach, revoked ones too, in the order of their ids: of one owner, or all.
    async fn tokens(
        &self,
        reach: &TokenReach,
        owner: Option<Owner>,
    ) -> Result<Vec<TokenRecord>, StoreError>;

    /// Gives a key within reach a new text; its present one becomes the former.
    ///
    /// # Errors
    /// `NotFound` when there is none within reach, or it has ended.
    async fn rotate_token(
        &self,
        reach: &TokenReach,
        id: TokenId,
        renewal: Renewal,
        audit: &AuditEntry,
    ) -> Result<TokenRecord, StoreError>;

    /// Revokes a key within reach, with both its texts. Revoking a revoked key changes nothing.
    async fn revoke_token(
        &self,
        reach: &TokenReach,
        id: TokenId,
        at: WallTime,
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;
}
