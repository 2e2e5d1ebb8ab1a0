//! The event logs' tables.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use domain::Event;
use ids::TenantId;
use ports::{EVENTS_KEPT, EVENTS_SCANNED, EventHead, EventLog, EventPage, EventQuery, StoreError};
use tenancy::TenantScope;

use super::sight::Sight;
use super::sql::{Fields, Sql, corrupt, integer, json, limit};
use super::value::params;
use super::{SqlStore, documents};
use crate::FEED_PAGE_MAX;
use crate::event_age::{FORGOTTEN_AT_ONCE, horizon};

/// In the place of a tenant: the sequence over all tenants.
const ALL: &str = "";

/// The latest number of a sequence.
pub(super) fn latest(sql: Sql<'_>, owner: &str) -> Result<u64, StoreError> {
    let find = "SELECT latest FROM event_marks WHERE tenant = ?1";
    let found = sql.first(find, [owner], |fields| fields.number(0))?;
    Ok(found.unwrap_or_default())
}

/// The next number of a sequence.
fn next(sql: Sql<'_>, owner: &str) -> Result<u64, StoreError> {
    let count = "INSERT INTO event_marks (tenant, latest) VALUES (?1, 1)
                 ON CONFLICT (tenant) DO UPDATE SET latest = event_marks.latest + 1
                 RETURNING latest";
    let number = sql.first(count, [owner], |fields| fields.number(0))?;
    number.ok_or_else(|| corrupt("a sequence of events gave no number"))
}

/// Turn of the latest event.
pub(super) fn turn(sql: Sql<'_>) -> Result<u64, StoreError> {
    latest(sql, ALL)
}

/// Adds an event unless it is there or its tenant is not; whether it was new.
pub(super) fn add(sql: Sql<'_>, event: &Event) -> Result<bool, StoreError> {
    let (tenant, id) = (event.tenant.to_string(), event.id.to_string());
    let find = "SELECT 1 FROM events WHERE tenant = ?1 AND id = ?2";
    let known = sql.first(find, [&tenant, &id], |_| Ok(()))?.is_some();
    if known || !documents::has_tenant(sql, event.tenant)? {
        return Ok(false);
    }
    let (cursor, turn) = (next(sql, &tenant)?, sql.widely(|| next(sql, ALL))?);
    let add = "INSERT INTO events (tenant, cursor, turn, id, at, event)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let (at, text) = (event.at.unix_ms(), json(event)?);
    sql.run(
        add,
        params![tenant, integer(cursor), integer(turn), id, at, text],
    )?;
    let many = "DELETE FROM events WHERE tenant = ?1 AND cursor <= ?2";
    let oldest = integer(cursor.saturating_sub(EVENTS_KEPT));
    sql.run(many, params![tenant, oldest])?;
    let old = "DELETE FROM events WHERE tenant = ?1 AND cursor IN
               (SELECT cursor FROM (SELECT cursor, at FROM events WHERE tenant = ?1
                ORDER BY cursor LIMIT ?2) AS oldest WHERE at < ?3)";
    let horizon = horizon(event.at).unix_ms();
    sql.run(old, params![tenant, limit(FORGOTTEN_AT_ONCE), horizon])?;
    Ok(true)
}

/// Adds an event that came with its tenant, under the cursor that it had, unless it is there.
pub(super) fn add_as_it_was(sql: Sql<'_>, event: &Event) -> Result<(), StoreError> {
    let (tenant, id) = (event.tenant.to_string(), event.id.to_string());
    let turn = sql.widely(|| next(sql, ALL))?;
    let add = "INSERT INTO events (tenant, cursor, turn, id, at, event)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    let (cursor, turn) = (integer(event.cursor), integer(turn));
    let (at, text) = (event.at.unix_ms(), json(event)?);
    sql.run(add, params![tenant, cursor, turn, id, at, text])
        .map(|_| ())
}

/// Erases a tenant's log.
pub(super) fn remove_all(sql: Sql<'_>, tenant: TenantId) -> Result<(), StoreError> {
    let tenant = tenant.to_string();
    sql.run("DELETE FROM events WHERE tenant = ?1", [&tenant])?;
    sql.run("DELETE FROM event_marks WHERE tenant = ?1", [&tenant])?;
    Ok(())
}

/// A piece of a tenant's log.
fn page(sql: Sql<'_>, tenant: TenantId, query: &EventQuery) -> Result<EventPage, StoreError> {
    let tenant = tenant.to_string();
    let latest = latest(sql, &tenant)?;
    let oldest = "SELECT MIN(cursor) FROM events WHERE tenant = ?1";
    let oldest = sql.first(oldest, [&tenant], |fields| fields.plain::<Option<i64>>(0))?;
    let oldest = oldest
        .flatten()
        .and_then(|cursor| u64::try_from(cursor).ok());
    let first = oldest.unwrap_or(latest + 1);
    let lost = query.after.saturating_add(1) < first || query.after > latest;
    let after = if lost { first - 1 } else { query.after };
    let find = "SELECT cursor, event FROM events WHERE tenant = ?1 AND cursor > ?2
                ORDER BY cursor LIMIT ?3";
    let (mut events, mut next, wanted) = (Vec::new(), after, query.bounded_limit());
    let scanned = limit(EVENTS_SCANNED);
    sql.until(find, params![tenant, integer(after), scanned], |fields| {
        let event = event(fields)?;
        next = event.cursor;
        if query.filter.admits(event.kind) {
            events.push(event);
        }
        Ok(events.len() < wanted)
    })?;
    Ok(EventPage {
        events,
        begin: after,
        next,
        latest,
        lost,
    })
}

fn event(fields: &Fields<'_>) -> Result<Event, StoreError> {
    let mut event: Event = fields.json(1)?;
    event.cursor = fields.number(0)?;
    Ok(event)
}

fn heads(sql: Sql<'_>, after: u64, most: usize) -> Result<Vec<EventHead>, StoreError> {
    let find = "SELECT turn, tenant, cursor FROM events WHERE turn > ?1 ORDER BY turn LIMIT ?2";
    let most = limit(most.clamp(1, FEED_PAGE_MAX));
    sql.all(find, [integer(after), most], |fields| {
        Ok(EventHead {
            turn: fields.number(0)?,
            tenant: fields.word(1)?,
            cursor: fields.number(2)?,
        })
    })
}

#[async_trait]
impl EventLog for SqlStore {
    async fn events(
        &self,
        scope: &TenantScope,
        query: &EventQuery,
    ) -> Result<EventPage, StoreError> {
        let (tenant, query) = (scope.tenant(), query.clone());
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            page(now.sql, tenant, &query)
        })
        .await
    }

    async fn write_events(&self, events: Vec<Event>) -> Result<usize, StoreError> {
        self.write(Sight::Everything, events.len(), move |desk| {
            let mut new = 0;
            for event in &events {
                new += usize::from(add(desk.sql, event)?);
            }
            Ok(new)
        })
        .await
    }

    async fn event_heads(&self, after: u64, limit: usize) -> Result<Vec<EventHead>, StoreError> {
        let heads = self
            .read(Sight::Everything, move |now| heads(now.sql, after, limit))
            .await?;
        // another process may have told something
        if let Some(last) = heads.last() {
            self.told.fetch_max(last.turn, Ordering::AcqRel);
        }
        Ok(heads)
    }

    fn told(&self) -> u64 {
        self.told.load(Ordering::Acquire)
    }
}
