//! The tables of blobs: what is said about each, and its octets in pieces, so that no row is long.

use async_trait::async_trait;
use domain::KindName;
use ports::{Blob, BlobBook, BlobPlace, Kept, StoreError, check_blob};
use tenancy::{Owner, TenantScope};

use super::sight::Sight;
use super::sql::{Sql, column, integer};
use super::value::params;
use super::{SqlStore, documents};

/// Octets of a piece.
const PIECE: usize = 256 << 10;

/// Whose blob, of which kind, and the document's id.
type Whose<'a> = (Owner, KindName, &'a str);

fn put(
    sql: Sql<'_>,
    (owner, kind, id): Whose<'_>,
    blob: &Blob,
    most: u64,
) -> Result<Kept, StoreError> {
    if documents::by_id(sql, owner, kind, id)?.is_none() {
        return Err(StoreError::NotFound);
    }
    let others = "SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT) FROM blobs
                  WHERE tenant = ?1 AND NOT (kind = ?2 AND id = ?3)";
    let place = params![column(owner), kind.as_str(), id];
    let in_use = sql.first(others, place, |fields| fields.number(0))?;
    let in_use = in_use.unwrap_or(0);
    if in_use.saturating_add(blob.length()) > most {
        return Ok(Kept::Full { in_use });
    }
    remove(sql, (owner, kind, id))?;
    let add = "INSERT INTO blobs (tenant, kind, id, length, about) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = params![
        column(owner),
        kind.as_str(),
        id,
        integer(blob.length()),
        blob.about
    ];
    sql.run(add, row)?;
    for (number, piece) in (0_i64..).zip(blob.octets.chunks(PIECE)) {
        let add = "INSERT INTO blob_pieces (tenant, kind, id, number, octets)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        sql.run(
            add,
            params![column(owner), kind.as_str(), id, number, piece],
        )?;
    }
    Ok(Kept::Yes)
}

/// The blob of a document goes; whether there was one.
pub(super) fn remove(sql: Sql<'_>, (owner, kind, id): Whose<'_>) -> Result<bool, StoreError> {
    let pieces = "DELETE FROM blob_pieces WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
    sql.run(pieces, params![column(owner), kind.as_str(), id])?;
    let blob = "DELETE FROM blobs WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
    let gone = sql.run(blob, params![column(owner), kind.as_str(), id])?;
    Ok(gone > 0)
}

fn about(sql: Sql<'_>, (owner, kind, id): Whose<'_>) -> Result<Option<String>, StoreError> {
    let find = "SELECT about FROM blobs WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
    let place = params![column(owner), kind.as_str(), id];
    sql.first(find, place, |fields| fields.plain(0))
}

fn whole(sql: Sql<'_>, whose: Whose<'_>) -> Result<Option<Blob>, StoreError> {
    let Some(about) = about(sql, whose)? else {
        return Ok(None);
    };
    let (owner, kind, id) = whose;
    let find = "SELECT octets FROM blob_pieces WHERE tenant = ?1 AND kind = ?2 AND id = ?3
                ORDER BY number";
    let place = params![column(owner), kind.as_str(), id];
    let mut octets = Vec::new();
    sql.until(find, place, |fields| {
        octets.append(&mut fields.plain::<Vec<u8>>(0)?);
        Ok(true)
    })?;
    Ok(Some(Blob { about, octets }))
}

#[async_trait]
impl BlobBook for SqlStore {
    async fn put_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
        blob: Blob,
        most: u64,
    ) -> Result<Kept, StoreError> {
        check_blob(&blob)?;
        let (kind, id) = place.within(scope)?;
        let (owner, id) = (scope.owner(), id.to_owned());
        let pieces = blob.octets.len().div_ceil(PIECE) + 1;
        self.write(Sight::Tenant(scope.tenant()), pieces, move |desk| {
            put(desk.sql, (owner, kind, &id), &blob, most)
        })
        .await
    }

    async fn blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<Option<Blob>, StoreError> {
        let (kind, id) = place.within(scope)?;
        let (owner, id) = (scope.owner(), id.to_owned());
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            whole(now.sql, (owner, kind, &id))
        })
        .await
    }

    async fn about_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<Option<String>, StoreError> {
        let (kind, id) = place.within(scope)?;
        let (owner, id) = (scope.owner(), id.to_owned());
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            about(now.sql, (owner, kind, &id))
        })
        .await
    }

    async fn remove_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<bool, StoreError> {
        let (kind, id) = place.within(scope)?;
        let (owner, id) = (scope.owner(), id.to_owned());
        self.write(Sight::Tenant(scope.tenant()), 1, move |desk| {
            remove(desk.sql, (owner, kind, &id))
        })
        .await
    }

    async fn blob_octets(&self, scope: &TenantScope) -> Result<u64, StoreError> {
        let owner = scope.owner();
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            let sum =
                "SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT) FROM blobs WHERE tenant = ?1";
            let sum = now
                .sql
                .first(sum, [column(owner)], |fields| fields.number(0))?;
            Ok(sum.unwrap_or(0))
        })
        .await
    }
}
