//! The event logs' tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use domain::Event;
use ids::{EventId, TenantId};
use machine::WallTime;
use ports::{EVENTS_KEPT, EVENTS_SCANNED, EventHead, EventLog, EventPage, EventQuery, StoreError};
use tenancy::TenantScope;

use super::sight::Sight;
use super::sql::{Fields, ROWS_AT_ONCE, Sql, corrupt, integer, json, limit};
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

/// Takes the next numbers of sequences, as many of each as are asked for; gives the first ones.
fn take<'a>(
    sql: Sql<'_>,
    wanted: &BTreeMap<&'a str, u64>,
) -> Result<BTreeMap<&'a str, u64>, StoreError> {
    let count = "INSERT INTO event_marks (tenant, latest)
                 SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT)
                 FROM json_each(?1) AS item WHERE true
                 ON CONFLICT (tenant) DO UPDATE SET latest = event_marks.latest + excluded.latest
                 RETURNING tenant, latest";
    let mut first = BTreeMap::new();
    let rows: Vec<_> = wanted.iter().collect();
    sql.until(count, [json(&rows)?], |fields| {
        let (owner, latest) = (fields.plain::<String>(0)?, fields.number(1)?);
        if let Some((owner, number)) = wanted.get_key_value(owner.as_str()) {
            first.insert(*owner, latest.saturating_sub(*number) + 1);
        }
        Ok(true)
    })?;
    if first.len() == wanted.len() {
        return Ok(first);
    }
    Err(corrupt("a sequence of events gave no number"))
}

/// The next numbers of the sequence over all tenants; gives the first.
fn turns(sql: Sql<'_>, number: u64) -> Result<u64, StoreError> {
    let wanted = BTreeMap::from([(ALL, number)]);
    let first = sql.widely(|| take(sql, &wanted))?;
    Ok(first.into_values().sum())
}

/// Turn of the latest event.
pub(super) fn turn(sql: Sql<'_>) -> Result<u64, StoreError> {
    latest(sql, ALL)
}

/// Adds events, but none that is there and none whose tenant is not; gives the number of new ones.
pub(super) fn add(sql: Sql<'_>, events: &[Event]) -> Result<usize, StoreError> {
    let mut added = 0;
    for some in events.chunks(ROWS_AT_ONCE) {
        let new = unknown(sql, some)?;
        if !new.is_empty() {
            let told = number_each(sql, &new)?;
            insert(sql, &told)?;
            forget(sql, &told)?;
            added += new.len();
        }
    }
    Ok(added)
}

/// Those that are not there, of tenants that are.
fn unknown<'a>(sql: Sql<'_>, events: &'a [Event]) -> Result<Vec<&'a Event>, StoreError> {
    let keys: Vec<_> = events
        .iter()
        .map(|event| (event.tenant, event.id))
        .collect();
    let find = "SELECT e.tenant, e.id FROM json_each(?1) AS item CROSS JOIN events AS e
                WHERE e.tenant = item.value ->> 0 AND e.id = item.value ->> 1";
    let mut known = BTreeSet::<(TenantId, EventId)>::new();
    sql.until(find, [json(&keys)?], |fields| {
        known.insert((fields.word(0)?, fields.word(1)?));
        Ok(true)
    })?;
    let mut new: Vec<_> = events.iter().collect();
    new.retain(|event| known.insert((event.tenant, event.id)));
    let there = documents::present(sql, new.iter().map(|event| event.tenant))?;
    new.retain(|event| there.contains(&event.tenant));
    Ok(new)
}

/// An event with its place in its tenant's log and among all.
struct Told<'a> {
    event: &'a Event,
    tenant: String,
    cursor: u64,
    turn: u64,
}

fn number_each<'a>(sql: Sql<'_>, events: &[&'a Event]) -> Result<Vec<Told<'a>>, StoreError> {
    let tenants: Vec<_> = events
        .iter()
        .map(|event| event.tenant.to_string())
        .collect();
    let mut wanted = BTreeMap::new();
    for tenant in &tenants {
        *wanted.entry(tenant.as_str()).or_insert(0) += 1;
    }
    let mut next = take(sql, &wanted)?;
    let first = turns(sql, events.len().try_into().unwrap_or(u64::MAX))?;
    let told = events.iter().zip(&tenants).zip(first..);
    let told = told.map(|((event, tenant), turn)| {
        let place = next.entry(tenant).or_default();
        let cursor = *place;
        *place += 1;
        Told {
            event,
            tenant: tenant.clone(),
            cursor,
            turn,
        }
    });
    Ok(told.collect())
}

fn insert(sql: Sql<'_>, told: &[Told<'_>]) -> Result<(), StoreError> {
    let rows = told.iter().map(|told| {
        let (event, at) = (told.event, told.event.at.unix_ms());
        Ok((
            &told.tenant,
            told.cursor,
            told.turn,
            event.id,
            at,
            json(event)?,
        ))
    });
    let rows: Vec<_> = rows.collect::<Result<_, StoreError>>()?;
    let add = "INSERT INTO events (tenant, cursor, turn, id, at, event)
               SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT),
                      CAST(item.value ->> 2 AS BIGINT), item.value ->> 3,
                      CAST(item.value ->> 4 AS BIGINT), item.value ->> 5
               FROM json_each(?1) AS item";
    sql.run(add, [json(&rows)?]).map(|_| ())
}

/// Lets the logs of those whose events are new forget what is too much or too old.
fn forget(sql: Sql<'_>, told: &[Told<'_>]) -> Result<(), StoreError> {
    let mut bounds = BTreeMap::<&str, Bounds>::new();
    for told in told {
        bounds.entry(&told.tenant).or_default().take_in(told);
    }
    let tenants: Vec<[&str; 1]> = bounds.keys().map(|tenant| [*tenant]).collect();
    // one way into the index for each, whatever the planner makes of the number of rows
    let oldest = "SELECT item.value ->> 0,
                  (SELECT e.cursor FROM events AS e WHERE e.tenant = item.value ->> 0
                   ORDER BY e.cursor LIMIT 1),
                  (SELECT e.at FROM events AS e WHERE e.tenant = item.value ->> 0
                   ORDER BY e.cursor LIMIT 1)
                  FROM json_each(?1) AS item";
    let mut gone = Vec::new();
    sql.until(oldest, [json(&tenants)?], |fields| {
        let tenant: String = fields.plain(0)?;
        if let Some(bounds) = bounds.get(tenant.as_str()) {
            let oldest = (fields.number(1)?, fields.time(2)?);
            let cursors = bounds.candidates(oldest);
            let row = |cursor| (tenant.clone(), cursor, bounds.kept, bounds.horizon);
            gone.extend(cursors.map(row));
        }
        Ok(true)
    })?;
    for some in gone.chunks(ROWS_AT_ONCE) {
        let these = "DELETE FROM events WHERE (tenant, cursor) IN
                     (SELECT e.tenant, e.cursor FROM json_each(?1) AS item CROSS JOIN events AS e
                      WHERE e.tenant = item.value ->> 0
                      AND e.cursor = CAST(item.value ->> 1 AS BIGINT)
                      AND (e.cursor <= CAST(item.value ->> 2 AS BIGINT)
                           OR e.at < CAST(item.value ->> 3 AS BIGINT)))";
        sql.run(these, [json(&some)?])?;
    }
    Ok(())
}

/// What a log that has got longer forgets.
#[derive(Default)]
struct Bounds {
    /// Up to this cursor.
    kept: u64,
    /// Before this time, Unix milliseconds.
    horizon: i64,
    /// So many events at most.
    most: u64,
}

impl Bounds {
    fn take_in(&mut self, told: &Told<'_>) {
        self.kept = told.cursor.saturating_sub(EVENTS_KEPT);
        self.horizon = horizon(told.event.at).unix_ms().max(self.horizon);
        self.most += FORGOTTEN_AT_ONCE;
    }

    /// Events that may have to go, of a log whose oldest one is this.
    fn candidates(&self, (cursor, at): (u64, WallTime)) -> std::ops::Range<u64> {
        if cursor <= self.kept || at.unix_ms() < self.horizon {
            cursor..cursor.saturating_add(self.most)
        } else {
            cursor..cursor
        }
    }
}

/// Adds an event that came with its tenant, under the cursor that it had, unless it is there.
pub(super) fn add_as_it_was(sql: Sql<'_>, event: &Event) -> Result<(), StoreError> {
    let (tenant, id) = (event.tenant.to_string(), event.id.to_string());
    let turn = turns(sql, 1)?;
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
            add(desk.sql, &events)
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
