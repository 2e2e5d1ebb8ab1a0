//! Pages and their cursors, the same in both stores.

use domain::Document;
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
