//! What is good once.

use machine::WallTime;
use ports::StoreError;

use super::sql::Sql;
use super::value::{Value, params};
use crate::once;

/// Takes a thing for its only use; `false` when it was used before.
pub(super) fn take(
    sql: Sql<'_>,
    thing: &[u8; 32],
    end: WallTime,
    now: WallTime,
) -> Result<bool, StoreError> {
    sql.run("DELETE FROM once WHERE ends <= ?1", [now.unix_ms()])?;
    let used = "SELECT ends FROM once WHERE thing = ?1";
    let used = sql.first(used, [thing.as_slice()], |fields| fields.time(0))?;
    if used.is_some() {
        return Ok(false);
    }
    let count = "SELECT COUNT(*) FROM once";
    let kept = sql.first(count, Vec::<Value>::new(), |fields| fields.number(0))?;
    once::check_room(usize::try_from(kept.unwrap_or_default()).unwrap_or(usize::MAX))?;
    // another process may be faster, between the look and this
    let add = "INSERT INTO once (thing, ends) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    Ok(sql.run(add, params![thing.as_slice(), end.unix_ms()])? > 0)
}
