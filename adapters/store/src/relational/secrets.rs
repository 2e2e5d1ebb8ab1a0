//! Reading sealed secrets.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{Credentials, KindName, Secret, SecretRule, SigningKeys};
use machine::WallTime;
use ports::{SecretStore, StoreError};
use tenancy::{Owner, TenantScope};
use zeroize::Zeroizing;

use super::SqlStore;
use super::lists;
use super::readers::Snapshot;
use super::sight::Sight;
use super::sql::{column, corrupt};
use super::value::params;

/// What is kept of a document's secret.
fn opened(
    now: &Snapshot<'_>,
    owner: Owner,
    kind: KindName,
    id: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let find = "SELECT digests FROM documents WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
    let place = params![column(owner), kind.as_str(), id];
    let sealed = now
        .sql
        .first(find, place, |fields| fields.plain::<Option<Vec<u8>>>(0))?;
    let Some(sealed) = sealed.flatten() else {
        return Ok(None);
    };
    let key = now.vault.key(now.sql, owner)?;
    key.open_bytes(kind, id, &sealed).map(Some)
}

/// When the passwords before the present ones of some documents are void, of those that have one.
fn former_ends(
    now: &Snapshot<'_>,
    owner: Owner,
    kind: KindName,
    ids: &[String],
) -> Result<BTreeMap<String, WallTime>, StoreError> {
    let place = params![column(owner), kind.as_str()];
    let (marks, params) = lists::list_after(place, ids);
    let find = format!(
        "SELECT id, digests FROM documents WHERE tenant = ?1 AND kind = ?2
         AND id IN ({marks}) AND digests IS NOT NULL"
    );
    let sealed = now.sql.all(&find, params, |fields| {
        Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
    })?;
    if sealed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let key = now.vault.key(now.sql, owner)?;
    let mut ends = BTreeMap::new();
    for (id, sealed) in sealed {
        let credentials: Credentials = key.open(kind, &id, &sealed)?;
        if let Some(former) = credentials.former {
            ends.insert(id, former.until);
        }
    }
    Ok(ends)
}

impl SqlStore {
    /// Reads a secret of a kind that has such ones.
    async fn read_secret<T: Send + 'static>(
        &self,
        scope: &TenantScope,
        (kind, id): (KindName, &str),
        rule: SecretRule,
        read: fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        if kind.secret() != rule {
            return Ok(None);
        }
        let (owner, id) = (scope.owner(), id.to_owned());
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            let Some(bytes) = opened(now, owner, kind, &id)? else {
                return Ok(None);
            };
            let odd = || corrupt(&format!("{kind} {id}: an odd secret"));
            read(&bytes).map(Some).ok_or_else(odd)
        })
        .await
    }
}

#[async_trait]
impl SecretStore for SqlStore {
    async fn signing_keys(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Option<SigningKeys>, StoreError> {
        let rule = SecretRule::Signing;
        self.read_secret(scope, (kind, id), rule, SigningKeys::from_bytes)
            .await
    }

    async fn secret(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Secret>, StoreError> {
        let text = |bytes: &[u8]| Secret::supplied(std::str::from_utf8(bytes).ok()?).ok();
        let rule = SecretRule::Supplied;
        self.read_secret(scope, (kind, id), rule, text).await
    }

    async fn former_ends(
        &self,
        scope: &TenantScope,
        kind: KindName,
        ids: &[String],
    ) -> Result<BTreeMap<String, WallTime>, StoreError> {
        if kind.secret() != SecretRule::Generated {
            return Ok(BTreeMap::new());
        }
        let (owner, ids) = (scope.owner(), ids.to_vec());
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            let mut ends = BTreeMap::new();
            for some in ids.chunks(lists::MOST) {
                ends.extend(former_ends(now, owner, kind, some)?);
            }
            Ok(ends)
        })
        .await
    }
}
