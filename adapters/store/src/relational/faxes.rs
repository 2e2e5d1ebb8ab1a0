//! The tables of faxes: each sealed for its id, and its document in pieces, each sealed for its
//! place, so that no row is long.

use async_trait::async_trait;
use domain::{Fax, FaxState};
use ids::{FaxId, TenantId};
use ports::{FACTS_AT_ONCE, FaxBook, FaxListing, FaxQuery, Kept, StoreError, check_fax};
use tenancy::{Owner, TenantScope};

use super::readers::Snapshot;
use super::sealed_facts::{Asked, SealedFacts};
use super::sight::Sight;
use super::sql::{Sql, integer};
use super::value::params;
use super::vault::SealedFact;
use super::writer::Desk;
use super::{SqlStore, documents};

/// How they are found again.
const FAXES: SealedFacts = SealedFacts {
    table: "faxes",
    kind: SealedFact::Fax,
    what: "fax",
};

/// Octets of a piece.
const PIECE: usize = 256 << 10;

fn put(desk: &Desk<'_>, fax: &Fax, document: &[u8], most: u64) -> Result<Kept, StoreError> {
    if documents::present(desk.sql, [fax.tenant])?.is_empty() {
        return Err(StoreError::NotFound);
    }
    let (tenant, id) = (fax.tenant.to_string(), fax.id.to_string());
    let others = "SELECT CAST(COALESCE(SUM(octets), 0) AS BIGINT) FROM faxes
                  WHERE tenant = ?1 AND id <> ?2";
    let place = params![tenant.clone(), id.clone()];
    let in_use = desk.sql.first(others, place, |fields| fields.number(0))?;
    let in_use = in_use.unwrap_or(0);
    if in_use.saturating_add(fax.octets) > most {
        return Ok(Kept::Full { in_use });
    }
    remove(desk.sql, fax.tenant, &[fax.id])?;
    let key = desk.vault.key(desk.sql, Owner::Tenant(fax.tenant))?;
    let sealed = FAXES.seal(desk, &key, &id, fax)?;
    let add = "INSERT INTO faxes (tenant, id, extension, state, octets, sealed)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        tenant.clone(),
        id.clone(),
        fax.extension.to_string(),
        fax.state.as_str(),
        integer(fax.octets),
        sealed
    ];
    desk.sql.run(add, row)?;
    for (number, octets) in document.chunks(PIECE).enumerate() {
        let piece = format!("{id}/{number:04}");
        let fact = SealedFact::FaxPiece;
        let sealed = desk.vault.seal_fact(&key, fact, &piece, octets)?;
        let add = "INSERT INTO fax_pieces (tenant, id, fax, sealed) VALUES (?1, ?2, ?3, ?4)";
        let row = params![tenant.clone(), piece, id.clone(), sealed];
        desk.sql.run(add, row)?;
    }
    Ok(Kept::Yes)
}

fn change(desk: &Desk<'_>, fax: &Fax, was: FaxState) -> Result<bool, StoreError> {
    if documents::present(desk.sql, [fax.tenant])?.is_empty() {
        return Ok(false);
    }
    let (tenant, id) = (fax.tenant.to_string(), fax.id.to_string());
    let key = desk.vault.key(desk.sql, Owner::Tenant(fax.tenant))?;
    let sealed = FAXES.seal(desk, &key, &id, fax)?;
    let change = "UPDATE faxes SET state = ?3, sealed = ?4
                  WHERE tenant = ?1 AND id = ?2 AND state = ?5";
    let row = params![tenant, id, fax.state.as_str(), sealed, was.as_str()];
    Ok(desk.sql.run(change, row)? > 0)
}

fn page(now: &Snapshot<'_>, tenant: TenantId, query: &FaxQuery) -> Result<FaxListing, StoreError> {
    let extension = query.extension.map(|id| ("extension", id.to_string()));
    let state = query
        .state
        .map(|state| ("state", state.as_str().to_owned()));
    let asked = Asked {
        before: query.before().map(|id| id.to_string()),
        wanted: extension.into_iter().chain(state).collect(),
        most: query.bounded_limit(),
    };
    let (faxes, next) = FAXES.page(now, tenant, asked)?;
    Ok(FaxListing { faxes, next })
}

fn document(
    now: &Snapshot<'_>,
    tenant: TenantId,
    id: FaxId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let find = "SELECT id, sealed FROM fax_pieces WHERE tenant = ?1 AND fax = ?2 ORDER BY id";
    let place = [tenant.to_string(), id.to_string()];
    let rows = now.sql.all(find, place, |fields| {
        Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
    })?;
    if rows.is_empty() {
        return Ok(None);
    }
    let key = now.vault.key(now.sql, Owner::Tenant(tenant))?;
    let mut octets = Vec::new();
    for (piece, sealed) in rows {
        octets.extend_from_slice(&key.open_fact(SealedFact::FaxPiece, &piece, &sealed)?);
    }
    Ok(Some(octets))
}

fn remove(sql: Sql<'_>, tenant: TenantId, ids: &[FaxId]) -> Result<usize, StoreError> {
    let mut removed = 0;
    for id in ids {
        let place = || [tenant.to_string(), id.to_string()];
        let pieces = "DELETE FROM fax_pieces WHERE tenant = ?1 AND fax = ?2";
        sql.run(pieces, place())?;
        removed += sql.run("DELETE FROM faxes WHERE tenant = ?1 AND id = ?2", place())?;
    }
    Ok(removed)
}

#[async_trait]
impl FaxBook for SqlStore {
    async fn write_fax(&self, fax: Fax, document: Vec<u8>, most: u64) -> Result<Kept, StoreError> {
        let fax = check_fax(fax, &document)?;
        let pieces = document.len().div_ceil(PIECE) + 1;
        self.write(Sight::Tenant(fax.tenant), pieces, move |desk| {
            put(desk, &fax, &document, most)
        })
        .await
    }

    async fn change_fax(&self, fax: Fax, was: FaxState) -> Result<bool, StoreError> {
        self.write(Sight::Tenant(fax.tenant), 1, move |desk| {
            change(desk, &fax, was)
        })
        .await
    }

    async fn tenants_with_open_faxes(&self) -> Result<Vec<TenantId>, StoreError> {
        let find = "SELECT DISTINCT tenant FROM faxes
                    WHERE state IN ('queued', 'sending') ORDER BY tenant";
        self.read(Sight::Everything, move |now| {
            now.sql.all(find, params![], |fields| fields.word(0))
        })
        .await
    }

    async fn faxes(&self, scope: &TenantScope, query: &FaxQuery) -> Result<FaxListing, StoreError> {
        let (tenant, query) = (scope.tenant(), query.clone());
        self.read(Sight::Tenant(tenant), move |now| page(now, tenant, &query))
            .await
    }

    async fn fax(&self, scope: &TenantScope, id: FaxId) -> Result<Option<Fax>, StoreError> {
        let tenant = scope.tenant();
        self.read(Sight::Tenant(tenant), move |now| {
            FAXES.one(now, tenant, &id.to_string())
        })
        .await
    }

    async fn fax_document(
        &self,
        scope: &TenantScope,
        id: FaxId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let tenant = scope.tenant();
        self.read(Sight::Tenant(tenant), move |now| document(now, tenant, id))
            .await
    }

    async fn remove_faxes(
        &self,
        scope: &TenantScope,
        ids: Vec<FaxId>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(ids.len(), FACTS_AT_ONCE)?;
        let tenant = scope.tenant();
        self.write(Sight::Tenant(tenant), ids.len(), move |desk| {
            remove(desk.sql, tenant, &ids)
        })
        .await
    }
}
