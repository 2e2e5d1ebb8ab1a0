//! Rewriting and removing facts in their tables.

use async_trait::async_trait;
use domain::{AuditEntry, Cdr, Event, KindName};
use ids::CdrId;
use machine::WallTime;
use ports::{FACTS_AT_ONCE, FactStore, StoreError};
use tenancy::{Owner, TenantScope};

use super::sight::Sight;
use super::sql::{Sql, column, integer, json, limit};
use super::value::params;
use super::{SqlStore, cdrs, trail};

fn replace_audit(sql: Sql<'_>, owner: Owner, entries: &[AuditEntry]) -> Result<usize, StoreError> {
    let replace = "UPDATE audit SET actor = ?3, action = ?4, target = ?5, before = ?6, after = ?7
                   WHERE tenant = ?1 AND id = ?2";
    let mut replaced = 0;
    for entry in entries {
        let row = params![
            column(owner),
            entry.id.to_string(),
            entry.actor,
            entry.action,
            entry.target,
            entry.before.as_ref().map(json).transpose()?,
            entry.after.as_ref().map(json).transpose()?,
        ];
        replaced += sql.run(replace, row)?;
    }
    Ok(replaced)
}

/// Ids grow with time, so the oldest entries have the first ids.
/// Whether [`remove_audit`] would remove anything.
fn has_old_audit(sql: Sql<'_>, owner: Owner, before: WallTime) -> Result<bool, StoreError> {
    let find = "SELECT 1 FROM (SELECT at FROM audit WHERE tenant = ?1
                ORDER BY id LIMIT ?2) AS oldest WHERE at < ?3 LIMIT 1";
    let key = params![column(owner), limit(FACTS_AT_ONCE), before.unix_ms()];
    let found: Option<u64> = sql.first(find, key, |fields| fields.number(0))?;
    Ok(found.is_some())
}

fn remove_audit(sql: Sql<'_>, owner: Owner, before: WallTime) -> Result<usize, StoreError> {
    let remove = "DELETE FROM audit WHERE tenant = ?1 AND id IN
                  (SELECT id FROM (SELECT id, at FROM audit WHERE tenant = ?1
                   ORDER BY id LIMIT ?2) AS oldest WHERE at < ?3)";
    let most = limit(FACTS_AT_ONCE);
    sql.run(remove, params![column(owner), most, before.unix_ms()])
}

fn replace_events(sql: Sql<'_>, owner: Owner, events: &[Event]) -> Result<usize, StoreError> {
    let replace = "UPDATE events SET event = ?3 WHERE tenant = ?1 AND cursor = ?2";
    let mut replaced = 0;
    for event in events {
        let row = params![column(owner), integer(event.cursor), json(event)?];
        replaced += sql.run(replace, row)?;
    }
    Ok(replaced)
}

#[async_trait]
impl FactStore for SqlStore {
    async fn replace_cdrs(
        &self,
        scope: &TenantScope,
        records: Vec<Cdr>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(records.len(), FACTS_AT_ONCE)?;
        let tenant = scope.tenant();
        self.write(Sight::Tenant(tenant), records.len(), move |desk| {
            cdrs::replace(desk.sql, tenant, &records)
        })
        .await
    }

    async fn remove_cdrs(&self, scope: &TenantScope, ids: Vec<CdrId>) -> Result<usize, StoreError> {
        StoreError::at_most(ids.len(), FACTS_AT_ONCE)?;
        let tenant = scope.tenant();
        self.write(Sight::Tenant(tenant), ids.len(), move |desk| {
            cdrs::remove(desk.sql, tenant, &ids)
        })
        .await
    }

    async fn replace_audit(
        &self,
        scope: &TenantScope,
        entries: Vec<AuditEntry>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(entries.len(), FACTS_AT_ONCE)?;
        let owner = scope.owner();
        self.write(Sight::Tenant(scope.tenant()), entries.len(), move |desk| {
            replace_audit(desk.sql, owner, &entries)
        })
        .await
    }

    async fn remove_audit(
        &self,
        scope: &TenantScope,
        before: WallTime,
    ) -> Result<usize, StoreError> {
        let (owner, sight) = (scope.owner(), Sight::Tenant(scope.tenant()));
        // every company is asked for, every hour: most have nothing old, and cost no writing
        let old = self.look(sight, move |now| has_old_audit(now.sql, owner, before));
        if !old.await? {
            return Ok(0);
        }
        self.write(sight, FACTS_AT_ONCE, move |desk| {
            remove_audit(desk.sql, owner, before)
        })
        .await
    }

    async fn add_audit(&self, scope: &TenantScope, entry: &AuditEntry) -> Result<(), StoreError> {
        if entry.owner != scope.owner() {
            return Err(StoreError::NotFound);
        }
        let entry = entry.clone();
        self.write(Sight::Tenant(scope.tenant()), 1, move |desk| {
            trail::add(desk.sql, &entry).map(|_| ())
        })
        .await
    }

    async fn replace_events(
        &self,
        scope: &TenantScope,
        events: Vec<Event>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(events.len(), FACTS_AT_ONCE)?;
        let owner = scope.owner();
        self.write(Sight::Tenant(scope.tenant()), events.len(), move |desk| {
            replace_events(desk.sql, owner, &events)
        })
        .await
    }

    async fn remove_history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<usize, StoreError> {
        let (owner, id) = (scope.owner(), id.to_owned());
        self.write(Sight::Tenant(scope.tenant()), 1, move |desk| {
            let remove = "DELETE FROM history WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
            desk.sql
                .run(remove, params![column(owner), kind.as_str(), id])
        })
        .await
    }
}
