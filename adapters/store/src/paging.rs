//! Pages and their cursors, the same in both stores.

use domain::{Document, Referrer};
use ids::CdrId;
use machine::WallTime;
use ports::{Cursor, Order, Page};

/// Cuts what was found, which is one entry more than a page when there is more, down to a page;
/// gives the cursor of its last entry when there was more.
pub(crate) fn cut<T>(
    found: &mut Vec<T>,
    limit: usize,
    at: impl FnOnce(&T) -> Cursor,
) -> Option<Cursor> {
    let more = found.len() > limit;
    found.truncate(limit);
    found.last().filter(|_| more).map(at)
}

/// Where a document stands in a list.
pub(crate) fn position<'a>(document: &'a Document, page: &Page) -> &'a str {
    match page.order {
        Order::Created => &document.id,
        Order::Name => &document.name,
    }
}

/// The text of a cursor in a list of call records.
pub(crate) fn cdr_cursor(started: WallTime, id: CdrId) -> Cursor {
    Cursor(format!("{}:{id}", started.unix_ms()))
}

/// Reads what [`cdr_cursor`] wrote.
pub(crate) fn parse_cdr_cursor(cursor: &Cursor) -> Option<(WallTime, CdrId)> {
    let (started, id) = cursor.0.split_once(':')?;
    let started = WallTime::from_unix_ms(started.parse().ok()?);
    Some((started, id.parse().ok()?))
}

/// Where one who refers to a document stands among all who do.
pub(crate) fn after_referrer(last: &Referrer) -> Cursor {
    Cursor(format!("{}:{}:{}", last.kind, last.id, last.field))
}

/// The kind, id and field that [`after_referrer`] wrote; what is no such text comes before all.
pub(crate) fn referrer_after(cursor: Option<&Cursor>) -> (&str, &str, &str) {
    let mut parts = cursor.map_or("", |cursor| &cursor.0).splitn(3, ':');
    let mut part = || parts.next().unwrap_or_default();
    (part(), part(), part())
}
