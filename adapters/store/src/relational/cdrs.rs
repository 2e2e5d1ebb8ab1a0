//! The call records' tables.

use std::collections::BTreeSet;

use domain::{Cdr, Event, LateReport, Party};
use ids::{CdrId, TenantId};
use machine::WallTime;
use ports::{CdrListing, CdrQuery, StoreError};

use super::sql::{ROWS_AT_ONCE, Sql, json, limit};
use super::value::{ToValue, Value, params};
use super::{documents, events, ladders, quality};
use crate::paging;

/// What records are searched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Facet {
    Call,
    Extension,
    Number,
}

impl Facet {
    fn as_str(self) -> &'static str {
        match self {
            Facet::Call => "call",
            Facet::Extension => "extension",
            Facet::Number => "number",
        }
    }
}

/// Adds records as [`add`] does, but none of tenants that are gone: the last calls of one that was
/// erased end after it.
pub(super) fn add_of_present(sql: Sql<'_>, cdrs: &[Cdr]) -> Result<usize, StoreError> {
    let there = documents::present(sql, cdrs.iter().map(|cdr| cdr.tenant))?;
    let present = cdrs.iter().filter(|cdr| there.contains(&cdr.tenant));
    add_each(sql, &present.collect::<Vec<_>>())
}

/// Adds records whose ids are not there already, and what they say to the summaries of their
/// hours; gives their number.
pub(super) fn add(sql: Sql<'_>, cdrs: &[Cdr]) -> Result<usize, StoreError> {
    add_each(sql, &cdrs.iter().collect::<Vec<_>>())
}

fn add_each(sql: Sql<'_>, cdrs: &[&Cdr]) -> Result<usize, StoreError> {
    let mut added = 0;
    for some in cdrs.chunks(ROWS_AT_ONCE) {
        let new = insert(sql, some)?;
        let told: Vec<_> = new.iter().flat_map(|cdr| Event::of_finished(cdr)).collect();
        events::add(sql, &told)?;
        link(sql, &new)?;
        quality::add(sql, &new)?;
        added += new.len();
    }
    Ok(added)
}

/// Adds rows of records; gives the records that are new.
fn insert<'a>(sql: Sql<'_>, cdrs: &[&'a Cdr]) -> Result<Vec<&'a Cdr>, StoreError> {
    let row = |cdr: &&Cdr| Ok((cdr.tenant, cdr.id, cdr.started.unix_ms(), json(cdr)?));
    let rows: Vec<_> = cdrs.iter().map(row).collect::<Result<_, StoreError>>()?;
    let add = "INSERT INTO cdrs (tenant, id, started, record)
               SELECT item.value ->> 0, item.value ->> 1, CAST(item.value ->> 2 AS BIGINT),
                      item.value ->> 3
               FROM json_each(?1) AS item WHERE true
               ON CONFLICT DO NOTHING RETURNING tenant, id";
    let mut added = BTreeSet::<(TenantId, CdrId)>::new();
    sql.until(add, [json(&rows)?], |fields| {
        added.insert((fields.word(0)?, fields.word(1)?));
        Ok(true)
    })?;
    let mut new = cdrs.to_vec();
    new.retain(|cdr| added.remove(&(cdr.tenant, cdr.id)));
    Ok(new)
}

/// Puts records in the place of those with the same ids, without their ladders; gives the number
/// of those.
pub(super) fn replace(sql: Sql<'_>, tenant: TenantId, cdrs: &[Cdr]) -> Result<usize, StoreError> {
    let mut replaced = 0;
    for cdr in cdrs {
        let Some(before) = by_id(sql, tenant, cdr.id)? else {
            continue;
        };
        unlink(sql, tenant, &before)?;
        ladders::remove(sql, tenant, cdr.id)?;
        let replace = "UPDATE cdrs SET record = ?3 WHERE tenant = ?1 AND id = ?2";
        let row = params![tenant.to_string(), cdr.id.to_string(), json(cdr)?];
        replaced += sql.run(replace, row)?;
        link(sql, &[cdr])?;
    }
    Ok(replaced)
}

/// Adds what telephones told of legs to their records; gives the number of reports that were added.
/// What records are found by does not change.
pub(super) fn add_reports(sql: Sql<'_>, reports: &[LateReport]) -> Result<usize, StoreError> {
    let mut added = 0;
    for report in reports {
        let (tenant, id) = (report.tenant, report.cdr);
        let Some(mut record) = by_id(sql, tenant, id)? else {
            continue;
        };
        if record.note_late(report) {
            let replace = "UPDATE cdrs SET record = ?3 WHERE tenant = ?1 AND id = ?2";
            let row = params![tenant.to_string(), id.to_string(), json(&record)?];
            added += sql.run(replace, row)?;
        }
    }
    Ok(added)
}

/// Removes records; gives the number of those that were there.
pub(super) fn remove(sql: Sql<'_>, tenant: TenantId, ids: &[CdrId]) -> Result<usize, StoreError> {
    let mut removed = 0;
    for id in ids {
        let Some(before) = by_id(sql, tenant, *id)? else {
            continue;
        };
        unlink(sql, tenant, &before)?;
        ladders::remove(sql, tenant, *id)?;
        let remove = "DELETE FROM cdrs WHERE tenant = ?1 AND id = ?2";
        removed += sql.run(remove, [tenant.to_string(), id.to_string()])?;
    }
    Ok(removed)
}

/// Lets records be found by everything that is in them.
fn link(sql: Sql<'_>, cdrs: &[&Cdr]) -> Result<(), StoreError> {
    let of_one = |cdr: &&Cdr| {
        let (tenant, started, id) = (cdr.tenant, cdr.started.unix_ms(), cdr.id);
        let row =
            move |(facet, value): (Facet, String)| (tenant, facet.as_str(), value, started, id);
        facets(cdr).into_iter().map(row)
    };
    let rows: Vec<_> = cdrs.iter().flat_map(of_one).collect();
    let add = "INSERT INTO cdr_facets (tenant, facet, value, started, id)
               SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2,
                      CAST(item.value ->> 3 AS BIGINT), item.value ->> 4
               FROM json_each(?1) AS item";
    sql.run(add, [json(&rows)?]).map(|_| ())
}

/// The other way round. The whole key is said, since the table is ordered by it.
fn unlink(sql: Sql<'_>, tenant: TenantId, cdr: &Cdr) -> Result<(), StoreError> {
    let (tenant, id) = (tenant.to_string(), cdr.id.to_string());
    let started = cdr.started.unix_ms();
    for (facet, value) in facets(cdr) {
        let remove = "DELETE FROM cdr_facets WHERE tenant = ?1 AND facet = ?2 AND value = ?3
                      AND started = ?4 AND id = ?5";
        sql.run(remove, params![tenant, facet.as_str(), value, started, id])?;
    }
    Ok(())
}

/// Everything that a record is found by; see `CdrQuery::admits`.
fn facets(cdr: &Cdr) -> BTreeSet<(Facet, String)> {
    let mut facets = BTreeSet::new();
    facets.insert((Facet::Call, cdr.call.to_string()));
    facets.insert((Facet::Number, cdr.dialled.clone()));
    let mut add = |party: &Party| {
        facets.insert((Facet::Number, party.number.clone()));
        facets.extend(party.extension.map(|id| (Facet::Extension, id.to_string())));
    };
    add(&cdr.caller);
    cdr.destination.as_ref().map(add);
    facets
}

/// One record.
pub(super) fn by_id(sql: Sql<'_>, tenant: TenantId, id: CdrId) -> Result<Option<Cdr>, StoreError> {
    let find = "SELECT record FROM cdrs WHERE tenant = ?1 AND id = ?2";
    let key = [tenant.to_string(), id.to_string()];
    sql.first(find, key, |fields| fields.json(0))
}

/// One page of records, newest first.
pub(super) fn page(
    sql: Sql<'_>,
    tenant: TenantId,
    query: &CdrQuery,
) -> Result<CdrListing, StoreError> {
    let mut search = Search::within(tenant, query);
    for (facet, value) in asked(query) {
        search.add(facet, value);
    }
    let mut cdrs = search.run(sql, limit(query.bounded_limit() + 1))?;
    let next = paging::cut(&mut cdrs, query.bounded_limit(), |last| {
        paging::cdr_cursor(last.started, last.id)
    });
    Ok(CdrListing { cdrs, next })
}

/// The facets that a query asks for; the one that admits the fewest records comes first.
fn asked(query: &CdrQuery) -> impl Iterator<Item = (Facet, String)> {
    let call = query.call.map(|id| (Facet::Call, id.to_string()));
    let extension = query.extension.map(|id| (Facet::Extension, id.to_string()));
    let number = query.number.clone().map(|number| (Facet::Number, number));
    call.into_iter().chain(extension).chain(number)
}

/// A query's text while it is put together. It walks along one index in the order of time: that
/// of the first facet asked for or, when none is, that of all records.
struct Search {
    from: String,
    also: String,
    params: Vec<Value>,
}

impl Search {
    fn within(tenant: TenantId, query: &CdrQuery) -> Search {
        let after = query.after.as_ref().and_then(paging::parse_cdr_cursor);
        let (before, id) = match after {
            Some((started, id)) => (started.unix_ms(), id.to_string()),
            None => (i64::MAX, String::new()),
        };
        let from = query.from.map_or(i64::MIN, WallTime::unix_ms);
        let until = query.until.map_or(i64::MAX, WallTime::unix_ms);
        // one upper bound, so that a later page begins where it begins
        let latest = before.min(until.saturating_sub(1));
        Search {
            from: "cdrs w".to_owned(),
            also: String::new(),
            params: params![tenant.to_string(), from, latest, before, id],
        }
    }

    fn add(&mut self, facet: Facet, value: String) {
        let first = self.from == "cdrs w";
        let walked = if first { "w" } else { "f" };
        let place = self.params.len() + 1;
        let condition = format!(
            "{walked}.facet = '{}' AND {walked}.value = ?{place}",
            facet.as_str()
        );
        if first {
            "cdr_facets w".clone_into(&mut self.from);
            self.also = format!(" AND {condition}");
        } else {
            self.also += &format!(
                " AND EXISTS (SELECT 1 FROM cdr_facets f WHERE f.tenant = w.tenant
                  AND {condition} AND f.started = w.started AND f.id = w.id)"
            );
        }
        self.params.push(value.to_value());
    }

    fn run(mut self, sql: Sql<'_>, most: i64) -> Result<Vec<Cdr>, StoreError> {
        let (from, also) = (&self.from, &self.also);
        let find = format!(
            "SELECT (SELECT record FROM cdrs c WHERE c.tenant = w.tenant AND c.id = w.id)
             FROM {from} WHERE w.tenant = ?1{also} AND w.started BETWEEN ?2 AND ?3
             AND (w.started, w.id) < (?4, ?5)
             ORDER BY w.started DESC, w.id DESC LIMIT ?{}",
            self.params.len() + 1
        );
        self.params.push(most.to_value());
        sql.all(&find, self.params, |fields| fields.json(0))
    }
}
