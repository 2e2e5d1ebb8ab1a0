//! The memory of idempotent requests.

use machine::WallTime;
use ports::{Reply, StoreError, Turn};

use super::sql::{Fields, Sql, corrupt, json, limit};
use super::value::params;
use crate::idempotency::{self, REMEMBERED_MAX, Remembered};

/// Begins a request, unless it is known.
pub(super) fn begin(
    sql: Sql<'_>,
    key: &str,
    fingerprint: &[u8; 32],
    now: WallTime,
) -> Result<Turn, StoreError> {
    let find = "SELECT fingerprint, begun, status, headers, body FROM requests WHERE key = ?1";
    let known = sql.first(find, [key], remembered)?;
    let turn = idempotency::decide(known.as_ref(), fingerprint, now);
    if turn == Turn::Begin {
        forget_old(sql, now)?;
        sql.run("DELETE FROM requests WHERE key = ?1", [key])?;
        let add = "INSERT INTO requests (number, key, fingerprint, begun, headers, body)
                   VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM requests),
                           ?1, ?2, ?3, '[]', ?4)";
        let begun = now.unix_ms();
        sql.run(
            add,
            params![key, fingerprint.as_slice(), begun, [].as_slice()],
        )?;
    }
    Ok(turn)
}

/// Makes room: old requests go, and the oldest when there are too many.
fn forget_old(sql: Sql<'_>, now: WallTime) -> Result<(), StoreError> {
    let horizon = idempotency::horizon(now);
    sql.run(
        "DELETE FROM requests WHERE begun <= ?1",
        [horizon.unix_ms()],
    )?;
    let surplus = "DELETE FROM requests WHERE number <=
                   (SELECT MAX(number) FROM requests) - ?1";
    sql.run(surplus, [limit(REMEMBERED_MAX - 1)]).map(|_| ())
}

fn remembered(fields: &Fields<'_>) -> Result<Remembered, StoreError> {
    let fingerprint: Vec<u8> = fields.plain(0)?;
    let fingerprint = fingerprint.try_into();
    let status: Option<u16> = fields.plain(2)?;
    let reply = match status {
        None => None,
        Some(status) => Some(Reply {
            status,
            headers: fields.json(3)?,
            body: fields.plain(4)?,
        }),
    };
    Ok(Remembered {
        fingerprint: fingerprint.map_err(|_| corrupt("a fingerprint of odd length"))?,
        begun: fields.time(1)?,
        reply,
    })
}

/// Remembers a begun request's reply.
pub(super) fn finish(sql: Sql<'_>, key: &str, reply: &Reply) -> Result<(), StoreError> {
    let kept = idempotency::remembered(reply);
    let finish = "UPDATE requests SET status = ?2, headers = ?3, body = ?4 WHERE key = ?1";
    let row = params![key, kept.status, json(&kept.headers)?, kept.body];
    match sql.run(finish, row)? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// Forgets a request that is being carried out.
pub(super) fn abandon(sql: Sql<'_>, key: &str) -> Result<(), StoreError> {
    let forget = "DELETE FROM requests WHERE key = ?1 AND status IS NULL";
    sql.run(forget, [key]).map(|_| ())
}
