//! Data keys in the database, and the sealing of digests under them.

use std::sync::Arc;

use domain::{Digests, KindName};
use ids::TenantId;
use ports::{Entropy, StoreError};

use super::sql::{Sql, corrupt};
use super::value::params;
use crate::seal::{DataKey, MasterKey, SealError};

/// In the place of a tenant: the platform itself, whose data key proves the master key.
const PLATFORM: &str = "";

/// The master key, and randomness for nonces and new keys.
#[derive(Clone)]
pub(crate) struct Vault {
    master: MasterKey,
    entropy: Arc<dyn Entropy>,
}

impl Vault {
    pub(crate) fn new(master: MasterKey, entropy: Arc<dyn Entropy>) -> Vault {
        Vault { master, entropy }
    }

    /// Whether the database was made under this master key. A new database is bound to it.
    pub(crate) fn proves(&self, sql: Sql<'_>) -> Result<bool, StoreError> {
        let nobody = TenantId::from_u128(0);
        let stored: Option<Vec<u8>> = sealed_key(sql, PLATFORM)?;
        if let Some(sealed) = stored {
            return Ok(self.master.open_data_key(nobody, &sealed).is_ok());
        }
        self.add(sql, PLATFORM, nobody).map(|()| true)
    }

    /// Makes a new tenant's data key.
    pub(super) fn make_key(&self, sql: Sql<'_>, tenant: TenantId) -> Result<(), StoreError> {
        self.add(sql, &tenant.to_string(), tenant)
    }

    fn add(&self, sql: Sql<'_>, row: &str, tenant: TenantId) -> Result<(), StoreError> {
        let made = self.master.new_data_key(tenant, &*self.entropy);
        let (_, sealed) = made.map_err(unsealed)?;
        let add = "INSERT INTO data_keys (tenant, sealed) VALUES (?1, ?2)";
        sql.run(add, params![row, sealed]).map(|_| ())
    }

    /// Erases a tenant's data key.
    pub(super) fn erase_key(&self, sql: Sql<'_>, tenant: TenantId) -> Result<(), StoreError> {
        let erase = "DELETE FROM data_keys WHERE tenant = ?1";
        sql.run(erase, [tenant.to_string()]).map(|_| ())
    }

    /// Opens a tenant's data key.
    pub(super) fn key(&self, sql: Sql<'_>, tenant: TenantId) -> Result<TenantKey, StoreError> {
        let sealed = sealed_key(sql, &tenant.to_string())?;
        let sealed = sealed.ok_or_else(|| corrupt(&format!("{tenant} has no data key")))?;
        let key = self.master.open_data_key(tenant, &sealed);
        Ok(TenantKey {
            tenant,
            key: key.map_err(unsealed)?,
        })
    }

    /// Seals a document's digests for their place.
    pub(super) fn seal(
        &self,
        key: &TenantKey,
        kind: KindName,
        id: &str,
        digests: &Digests,
    ) -> Result<Vec<u8>, StoreError> {
        let place = key.place(kind, id);
        let sealed = key.key.seal(&place, &digests.to_bytes(), &*self.entropy);
        sealed.map_err(unsealed)
    }
}

/// A tenant's data key, in clear.
pub(super) struct TenantKey {
    tenant: TenantId,
    key: DataKey,
}

impl TenantKey {
    /// Opens a document's digests, which were sealed for this very place.
    pub(super) fn open(
        &self,
        kind: KindName,
        id: &str,
        sealed: &[u8],
    ) -> Result<Digests, StoreError> {
        let opened = self.key.open(&self.place(kind, id), sealed);
        let bytes = opened.map_err(|error| corrupt(&format!("{kind} {id}: {error}")))?;
        Digests::from_bytes(&bytes).ok_or_else(|| corrupt(&format!("{kind} {id}: odd digests")))
    }

    fn place(&self, kind: KindName, id: &str) -> Vec<u8> {
        format!("{}/{kind}/{id}", self.tenant).into_bytes()
    }
}

fn sealed_key(sql: Sql<'_>, row: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let find = "SELECT sealed FROM data_keys WHERE tenant = ?1";
    sql.first(find, [row], |fields| fields.plain(0))
}

fn unsealed(error: SealError) -> StoreError {
    corrupt(&error.to_string())
}
