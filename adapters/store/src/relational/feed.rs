//! The change feed's table.

use domain::{Change, FeedEntry};
use ports::{FeedPage, StoreError};

use super::sql::{Fields, Sql, column, corrupt, integer, limit};
use super::value::params;
use crate::{FEED_KEPT, FEED_PAGE_MAX};

/// Cursor of the latest entry.
pub(super) fn cursor(sql: Sql<'_>) -> Result<u64, StoreError> {
    let latest = "SELECT latest FROM feed_end";
    let found = sql.first(latest, params![], |fields| fields.number(0))?;
    found.ok_or_else(no_end)
}

fn no_end() -> StoreError {
    corrupt("the feed has no end")
}

/// Adds an entry and gives its cursor.
pub(super) fn add(sql: Sql<'_>, entry: &FeedEntry) -> Result<u64, StoreError> {
    // counted apart: who sees one tenant's entries does not see the last of all
    let next = "UPDATE feed_end SET latest = latest + 1 RETURNING latest";
    let next = sql.first(next, params![], |fields| fields.number(0))?;
    let cursor = next.ok_or_else(no_end)?;
    let add = "INSERT INTO feed (cursor, tenant, kind, id, revision, change)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        integer(cursor),
        column(entry.owner),
        entry.kind.as_str(),
        entry.id,
        integer(entry.revision),
        entry.change.as_str(),
    ];
    sql.run(add, row).map(|_| cursor)
}

/// Forgets entries that are no longer kept; gives the latest cursor.
pub(super) fn trim(sql: Sql<'_>) -> Result<u64, StoreError> {
    let cursor = cursor(sql)?;
    let oldest = cursor.saturating_sub(FEED_KEPT);
    if oldest == 0 {
        return Ok(cursor);
    }
    sql.run("DELETE FROM feed WHERE cursor <= ?1", [integer(oldest)])?;
    Ok(cursor)
}

/// The entries after a cursor, and the latest cursor of all.
pub(super) fn page(sql: Sql<'_>, after: u64, most: usize) -> Result<(FeedPage, u64), StoreError> {
    let latest = cursor(sql)?;
    if after < latest.saturating_sub(FEED_KEPT) || after > latest {
        let page = FeedPage {
            entries: Vec::new(),
            cursor: latest,
            lost: true,
        };
        return Ok((page, latest));
    }
    let find = "SELECT cursor, tenant, kind, id, revision, change FROM feed
                WHERE cursor > ?1 ORDER BY cursor LIMIT ?2";
    let most = limit(most.clamp(1, FEED_PAGE_MAX));
    let entries = sql.all(find, [integer(after), most], entry)?;
    let cursor = entries.last().map_or(after, |entry| entry.cursor);
    let page = FeedPage {
        entries,
        cursor,
        lost: false,
    };
    Ok((page, latest))
}

fn entry(fields: &Fields<'_>) -> Result<FeedEntry, StoreError> {
    Ok(FeedEntry {
        cursor: fields.number(0)?,
        owner: fields.owner(1)?,
        kind: fields.word(2)?,
        id: fields.plain(3)?,
        revision: fields.number(4)?,
        change: change(fields, 5)?,
    })
}

/// A column that says what happened.
pub(super) fn change(fields: &Fields<'_>, column: usize) -> Result<Change, StoreError> {
    let word: String = fields.plain(column)?;
    [Change::Created, Change::Replaced, Change::Deleted]
        .into_iter()
        .find(|change| change.as_str() == word)
        .ok_or_else(|| corrupt(&format!("{word:?} is no change")))
}
