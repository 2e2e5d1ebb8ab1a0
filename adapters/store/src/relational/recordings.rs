//! The table of recordings, each sealed for its id.

use async_trait::async_trait;
use domain::{Recording, RecordingState};
use ids::{RecordingId, TenantId};
use ports::{FACTS_AT_ONCE, PAGE_MAX, RecordingBook, RecordingListing, RecordingQuery, StoreError};
use tenancy::{Owner, TenantScope};

use super::readers::Snapshot;
use super::sealed_facts::{Asked, SealedFacts};
use super::sight::Sight;
use super::sql::{Sql, limit};
use super::value::params;
use super::vault::SealedFact;
use super::writer::Desk;
use super::{SqlStore, documents};

/// How they are found again.
const RECORDINGS: SealedFacts = SealedFacts {
    table: "recordings",
    kind: SealedFact::Recording,
    what: "recording",
};

fn word(state: RecordingState) -> &'static str {
    match state {
        RecordingState::Running => "running",
        RecordingState::Finished => "finished",
    }
}

/// Keeps recordings of tenants that are there; gives their number.
fn put(desk: &Desk<'_>, recordings: &[Recording]) -> Result<usize, StoreError> {
    let there = documents::present(desk.sql, recordings.iter().map(|one| one.tenant))?;
    let mut kept = 0;
    for recording in recordings.iter().filter(|one| there.contains(&one.tenant)) {
        let (tenant, id) = (recording.tenant.to_string(), recording.id.to_string());
        let key = desk.vault.key(desk.sql, Owner::Tenant(recording.tenant))?;
        let sealed = RECORDINGS.seal(desk, &key, &id, recording)?;
        let put = "INSERT INTO recordings (tenant, id, call, conference, state, sealed)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (tenant, id) DO UPDATE
                   SET call = excluded.call, conference = excluded.conference,
                       state = excluded.state, sealed = excluded.sealed";
        let (call, state) = (recording.call.to_string(), word(recording.state));
        let conference = recording.conference.map(|at| at.to_string());
        kept += desk
            .sql
            .run(put, params![tenant, id, call, conference, state, sealed])?;
    }
    Ok(kept)
}

fn page(
    now: &Snapshot<'_>,
    tenant: TenantId,
    query: &RecordingQuery,
) -> Result<RecordingListing, StoreError> {
    let call = query.call.map(|call| ("call", call.to_string()));
    let conference = query.conference.map(|at| ("conference", at.to_string()));
    let asked = Asked {
        before: query.before().map(|id| id.to_string()),
        wanted: call.into_iter().chain(conference).collect(),
        most: query.bounded_limit(),
    };
    let (recordings, next) = RECORDINGS.page(now, tenant, asked)?;
    Ok(RecordingListing { recordings, next })
}

fn remove(sql: Sql<'_>, tenant: TenantId, ids: &[RecordingId]) -> Result<usize, StoreError> {
    let remove = "DELETE FROM recordings WHERE tenant = ?1 AND id = ?2";
    let mut removed = 0;
    for id in ids {
        removed += sql.run(remove, [tenant.to_string(), id.to_string()])?;
    }
    Ok(removed)
}

fn running(now: &Snapshot<'_>) -> Result<Vec<Recording>, StoreError> {
    // the state is part of the text, so that the index of those that run is used
    let find = "SELECT tenant, id, sealed FROM recordings WHERE state = 'running'
                ORDER BY id LIMIT ?1";
    let rows = now.sql.all(find, [limit(PAGE_MAX)], |fields| {
        let row = (fields.plain::<String>(1)?, fields.plain::<Vec<u8>>(2)?);
        Ok((fields.word::<TenantId>(0)?, row))
    })?;
    let mut found = Vec::with_capacity(rows.len());
    for (tenant, row) in &rows {
        let key = now.vault.key(now.sql, Owner::Tenant(*tenant))?;
        found.push(RECORDINGS.open(&key, row)?);
    }
    Ok(found)
}

#[async_trait]
impl RecordingBook for SqlStore {
    async fn write_recordings(&self, recordings: Vec<Recording>) -> Result<usize, StoreError> {
        self.write(Sight::Everything, recordings.len(), move |desk| {
            put(desk, &recordings)
        })
        .await
    }

    async fn recordings(
        &self,
        scope: &TenantScope,
        query: &RecordingQuery,
    ) -> Result<RecordingListing, StoreError> {
        let (tenant, query) = (scope.tenant(), query.clone());
        self.read(Sight::Tenant(tenant), move |now| page(now, tenant, &query))
            .await
    }

    async fn recording(
        &self,
        scope: &TenantScope,
        id: RecordingId,
    ) -> Result<Option<Recording>, StoreError> {
        let tenant = scope.tenant();
        let id = id.to_string();
        self.read(Sight::Tenant(tenant), move |now| {
            RECORDINGS.one(now, tenant, &id)
        })
        .await
    }

    async fn remove_recordings(
        &self,
        scope: &TenantScope,
        ids: Vec<RecordingId>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(ids.len(), FACTS_AT_ONCE)?;
        let tenant = scope.tenant();
        self.write(Sight::Tenant(tenant), ids.len(), move |desk| {
            remove(desk.sql, tenant, &ids)
        })
        .await
    }

    async fn running_recordings(&self) -> Result<Vec<Recording>, StoreError> {
        self.read(Sight::Everything, running).await
    }
}
