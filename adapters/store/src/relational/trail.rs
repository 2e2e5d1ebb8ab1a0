//! The audit trail's table.

use domain::AuditEntry;
use ports::{AuditListing, Cursor, Page, StoreError};
use tenancy::Owner;

use super::sql::{Fields, Sql, column, json, limit};
use super::value::params;
use crate::paging;

/// A text that sorts after every id's.
const PAST_ALL_IDS: &str = "~";

/// Adds an entry unless its id is there already; whether it was added.
pub(super) fn add(sql: Sql<'_>, entry: &AuditEntry) -> Result<bool, StoreError> {
    let add = "INSERT INTO audit (tenant, id, at, actor, action, target, before, after, request)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
    let request = entry.request.map(|request| request.to_string());
    let added = sql.run(
        add,
        params![
            column(entry.owner),
            entry.id.to_string(),
            entry.at.unix_ms(),
            entry.actor,
            entry.action,
            entry.target,
            entry.before.as_ref().map(json).transpose()?,
            entry.after.as_ref().map(json).transpose()?,
            request.unwrap_or_default(),
        ],
    )?;
    Ok(added > 0)
}

/// One page of a trail, newest first.
pub(super) fn page(sql: Sql<'_>, owner: Owner, page: &Page) -> Result<AuditListing, StoreError> {
    let find = "SELECT tenant, id, at, actor, action, target, before, after, request FROM audit
                WHERE tenant = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
    let after = page
        .after
        .as_ref()
        .map_or(PAST_ALL_IDS, |cursor| cursor.0.as_str());
    let most = limit(page.bounded_limit() + 1);
    let mut entries = sql.all(find, params![column(owner), after, most], entry)?;
    let next = paging::cut(&mut entries, page.bounded_limit(), |last| {
        Cursor(last.id.to_string())
    });
    Ok(AuditListing { entries, next })
}

fn entry(fields: &Fields<'_>) -> Result<AuditEntry, StoreError> {
    entry_from(fields, 0)
}

/// An entry whose columns begin at this one.
pub(super) fn entry_from(fields: &Fields<'_>, first: usize) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        owner: fields.owner(first)?,
        id: fields.word(first + 1)?,
        at: fields.time(first + 2)?,
        actor: fields.plain(first + 3)?,
        action: fields.plain(first + 4)?,
        target: fields.plain(first + 5)?,
        before: fields.maybe_json(first + 6)?,
        after: fields.maybe_json(first + 7)?,
        request: fields.maybe_word(first + 8)?,
    })
}
