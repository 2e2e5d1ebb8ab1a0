//! Replacing keys while everything goes on.

use async_trait::async_trait;
use tenancy::{Owner, PlatformScope, TenantScope};

use crate::error::StoreError;

/// Most data keys that one step of sealing anew looks at.
pub const RESEAL_STEP: usize = 500;

/// A master key, and what depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKeyUse {
    /// A name by which it can be told from others and not be found: 16 hexadecimal digits.
    pub name: String,
    /// Data keys that are sealed under it.
    pub data_keys: u64,
}

/// The keys as they are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyStatus {
    /// The master keys that are held, the newest first: it seals, all of them open.
    pub master_keys: Vec<MasterKeyUse>,
    /// Data keys that none of them opens.
    pub unopened: u64,
}

impl KeyStatus {
    /// Data keys that still need an older master key.
    pub fn behind(&self) -> u64 {
        let older = self.master_keys.iter().skip(1);
        older.map(|key| key.data_keys).sum()
    }
}

/// What one step of sealing anew did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Data keys that were sealed anew.
    pub anew: u64,
    /// Where the next step goes on; `None` when this was the last.
    pub next: Option<Owner>,
}

/// The keys under which secrets are kept. A store that keeps nothing sealed has none to replace.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Which master keys are held, as their source gives them now, and what depends on them.
    async fn key_status(&self, scope: &PlatformScope) -> Result<KeyStatus, StoreError>;

    /// Seals up to [`RESEAL_STEP`] data keys after an owner's that are not yet sealed under the
    /// newest master key anew under it. After the last step the older master keys open nothing
    /// that is needed.
    async fn reseal(
        &self,
        scope: &PlatformScope,
        after: Option<Owner>,
    ) -> Result<Resealed, StoreError>;

    /// Gives a tenant a new data key and seals all its secrets anew under it; gives the number of
    /// secrets.
    async fn renew_key(&self, scope: &TenantScope) -> Result<u64, StoreError>;
}
