//! What the API asks before it knows who is asking.

use async_trait::async_trait;
use domain::TokenRecord;
use ids::{ResellerId, SigningKeyId, TenantId};
use machine::WallTime;
use tenancy::{Owner, TokenHash};

use crate::error::StoreError;

/// How long a finished idempotent request is remembered, in hours.
pub const IDEMPOTENCY_HOURS: u32 = 24;

/// Longest response that is remembered, in bytes. Longer ones are remembered as done only.
pub const RESPONSE_MAX: usize = 65_536;

/// Most used things that are remembered. Only what passed every other check is, so only people who
/// really sign in fill it: a hundred a second for ten minutes.
pub const ONCE_MAX: usize = 65_536;

/// A remembered response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to the result, such as `ETag` and `Location`.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// What to do with a request that carries an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is new: carry it out, then [`FrontDoor::finish`] or [`FrontDoor::abandon`] it.
    Begin,
    /// The same request is being carried out at this moment, or was cut off less than a minute
    /// ago.
    Underway,
    /// It was carried out: answer this again.
    Again(Reply),
    /// The key was used for another request.
    Mismatch,
}

/// API keys by their hash, tenants by their people's mail domains, certificates that are public,
/// and the memory of idempotent requests and of what is good once.
#[async_trait]
pub trait FrontDoor: Send + Sync {
    /// The API key with this hash, revoked and expired ones too.
    async fn find_token(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError>;

    /// Whether the keys of an owner open anything: not those of a reseller that is disabled or
    /// gone, or lies below such a one. Tenants' keys do.
    async fn is_open(&self, owner: Owner) -> Result<bool, StoreError>;

    /// The tenant to which a mail domain was granted, in lower case.
    async fn tenant_of_mail(&self, domain: &str) -> Result<Option<TenantId>, StoreError>;

    /// The reseller whose brand has this portal, by its host name in lower case.
    async fn reseller_of_portal(&self, domain: &str) -> Result<Option<ResellerId>, StoreError>;

    /// The certificates of the signing key with this id, in PEM, whoever owns it: they are made to
    /// be shown to everybody. Nothing else of the key is told.
    async fn certificates_of(&self, key: SigningKeyId) -> Result<Option<String>, StoreError>;

    /// Begins a request with an idempotency key. `key` already contains who asks;
    /// `fingerprint` is a hash of method, path and body.
    async fn begin(
        &self,
        key: &str,
        fingerprint: &[u8; 32],
        now: WallTime,
    ) -> Result<Turn, StoreError>;

    /// Remembers the response of a begun request for [`IDEMPOTENCY_HOURS`].
    async fn finish(&self, key: &str, reply: &Reply, now: WallTime) -> Result<(), StoreError>;

    /// Forgets a begun request that failed, so that it may be tried again.
    async fn abandon(&self, key: &str) -> Result<(), StoreError>;

    /// Takes a thing, by its hash, for its only use before its `end`; `false` when it was used
    /// before, by whatever process.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when [`ONCE_MAX`] are remembered, else what the store says.
    async fn take_once(
        &self,
        thing: &[u8; 32],
        end: WallTime,
        now: WallTime,
    ) -> Result<bool, StoreError>;
}
