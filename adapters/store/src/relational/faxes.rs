//! The tables of faxes: each sealed for its id, and its document in pieces, each sealed for its
//! place, so that no row is long.

use async_trait::async_trait;
use domain::Fax;
use ids::{FaxId, TenantId};
use ports::{Cursor, FACTS_AT_ONCE, FaxBook, FaxListing, FaxQuery, Kept, StoreError, check_fax};
use tenancy::{Owner, TenantScope};

use super::readers::Snapshot;
use super::sight::Sight;
use super::sql::{Sql, corrupt, integer, limit};
use super::value::params;
use super::vault::{OwnerKey, SealedFact};
use super::writer::Desk;
use super::{SqlStore, documents};
use crate::paging;

/// What stands before all texts of ids, read backwards.
const NEWEST: &str = "~";

/// Octets of a piece.
const PIECE: usize = 256 << 10;

/// A row's id and what is sealed there.
type Row = (String, Vec<u8>);

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
    let content = serde_json::to_vec(fax).map_err(|error| corrupt(&error.to_string()))?;
    let sealed = desk.vault.seal_fact(&key, SealedFact::Fax, &id, &content)?;
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

fn open(key: &OwnerKey, (id, sealed): &Row) -> Result<Fax, StoreError> {
    let content = key.open_fact(SealedFact::Fax, id, sealed)?;
    let fax = serde_json::from_slice(&content);
    fax.map_err(|error| corrupt(&format!("the fax {id}: {error}")))
}

fn page(now: &Snapshot<'_>, tenant: TenantId, query: &FaxQuery) -> Result<FaxListing, StoreError> {
    let before = query.before().map(|id| id.to_string());
    let before = before.unwrap_or_else(|| NEWEST.to_owned());
    let most = query.bounded_limit();
    let mut question = params![tenant.to_string(), before, limit(most + 1)];
    let mut wanted = String::new();
    if let Some(extension) = query.extension {
        wanted += &format!("AND extension = ?{} ", question.len() + 1);
        question.extend(params![extension.to_string()]);
    }
    if let Some(state) = query.state {
        wanted += &format!("AND state = ?{} ", question.len() + 1);
        question.extend(params![state.as_str()]);
    }
    let find = format!(
        "SELECT id, sealed FROM faxes WHERE tenant = ?1 {wanted} AND id < ?2
         ORDER BY id DESC LIMIT ?3"
    );
    let mut rows = now.sql.all(&find, question, |fields| {
        Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
    })?;
    let next = paging::cut(&mut rows, most, |(id, _)| Cursor(id.clone()));
    if rows.is_empty() {
        return Ok(FaxListing::default());
    }
    let key = now.vault.key(now.sql, Owner::Tenant(tenant))?;
    let faxes: Result<_, StoreError> = rows.iter().map(|row| open(&key, row)).collect();
    faxes.map(|faxes| FaxListing { faxes, next })
}

fn one(now: &Snapshot<'_>, tenant: TenantId, id: FaxId) -> Result<Option<Fax>, StoreError> {
    let find = "SELECT id, sealed FROM faxes WHERE tenant = ?1 AND id = ?2";
    let place = [tenant.to_string(), id.to_string()];
    let row = now.sql.first(find, place, |fields| {
        Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
    })?;
    let Some(row) = row else { return Ok(None) };
    let key = now.vault.key(now.sql, Owner::Tenant(tenant))?;
    open(&key, &row).map(Some)
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

    async fn faxes(&self, scope: &TenantScope, query: &FaxQuery) -> Result<FaxListing, StoreError> {
        let (tenant, query) = (scope.tenant(), query.clone());
        self.read(Sight::Tenant(tenant), move |now| page(now, tenant, &query))
            .await
    }

    async fn fax(&self, scope: &TenantScope, id: FaxId) -> Result<Option<Fax>, StoreError> {
        let tenant = scope.tenant();
        self.read(Sight::Tenant(tenant), move |now| one(now, tenant, id))
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
