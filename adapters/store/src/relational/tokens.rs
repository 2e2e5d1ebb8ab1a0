//! The API keys' table.

use domain::{AuditEntry, FormerText, TOKENS_ENDED_KEPT, TokenRecord};
use ids::TokenId;
use machine::WallTime;
use ports::{Renewal, StoreError, TokenReach};
use tenancy::{Owner, TokenHash};

use super::sql::{Fields, Sql, column, corrupt};
use super::value::params;
use super::{accounts, documents, trail};

/// The columns that [`token`] reads, in this order.
const COLUMNS: &str =
    "tenant, id, name, hash, created, expires, revoked, scopes, former, former_until, used";

fn token(fields: &Fields<'_>) -> Result<TokenRecord, StoreError> {
    let scopes: String = fields.plain(7)?;
    let former: Option<Vec<u8>> = fields.plain(8)?;
    let former = match (former, fields.maybe_time(9)?) {
        (Some(bytes), Some(until)) => Some(FormerText {
            hash: hash(bytes)?,
            until,
        }),
        (Some(_), None) | (None, _) => None,
    };
    Ok(TokenRecord {
        id: fields.word(1)?,
        name: fields.plain(2)?,
        owner: fields.owner(0)?,
        hash: hash(fields.plain(3)?)?,
        created: fields.time(4)?,
        expires: fields.maybe_time(5)?,
        revoked: fields.maybe_time(6)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        former,
        used: fields.maybe_time(10)?,
    })
}

fn hash(bytes: Vec<u8>) -> Result<TokenHash, StoreError> {
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| corrupt("a hash of odd length"))?;
    Ok(TokenHash(bytes))
}

/// Whether an owner is there, and its keys are within reach.
pub(super) fn commands(sql: Sql<'_>, reach: &TokenReach, owner: Owner) -> Result<bool, StoreError> {
    match reach {
        TokenReach::Below(scope) => accounts::commands(sql, scope.account(), owner),
        TokenReach::Inside(scope) => {
            Ok(owner == scope.owner() && documents::has_tenant(sql, scope.tenant())?)
        }
    }
}

/// Adds an API key.
pub(super) fn add(sql: Sql<'_>, token: &TokenRecord, audit: &AuditEntry) -> Result<(), StoreError> {
    if !insert(sql, token)? {
        let (space, key) = ("token".to_owned(), token.id.to_string());
        return Err(StoreError::Conflict { space, key });
    }
    forget_ended(sql, token.owner, token.created)?;
    trail::add(sql, audit).map(|_| ())
}

/// How many keys of an owner open something.
pub(super) fn live(sql: Sql<'_>, owner: Owner, now: WallTime) -> Result<u64, StoreError> {
    let count = "SELECT COUNT(*) FROM tokens WHERE tenant = ?1 AND revoked IS NULL
                 AND (expires IS NULL OR expires > ?2)";
    let found = sql.first(count, params![column(owner), now.unix_ms()], |fields| {
        fields.number(0)
    })?;
    Ok(found.unwrap_or_default())
}

/// Removes the oldest of an owner's ended keys, beyond those that are kept.
fn forget_ended(sql: Sql<'_>, owner: Owner, now: WallTime) -> Result<(), StoreError> {
    const ENDED: &str = "tenant = ?1 AND (revoked IS NOT NULL OR expires <= ?2)";
    let forget = format!(
        "DELETE FROM tokens WHERE {ENDED} AND id <= (SELECT id FROM tokens WHERE {ENDED}
         ORDER BY id DESC LIMIT 1 OFFSET ?3)"
    );
    let kept = i64::from(TOKENS_ENDED_KEPT);
    sql.run(&forget, params![column(owner), now.unix_ms(), kept])
        .map(|_| ())
}

/// All API keys of one owner, in the order of their ids.
pub(super) fn of(sql: Sql<'_>, owner: Owner) -> Result<Vec<TokenRecord>, StoreError> {
    let find = format!("SELECT {COLUMNS} FROM tokens WHERE tenant = ?1 ORDER BY id");
    sql.all(&find, [column(owner)], token)
}

/// Adds an API key that came with its owner, unless its id or one of its hashes is there.
pub(super) fn add_as_it_was(sql: Sql<'_>, token: &TokenRecord) -> Result<(), StoreError> {
    insert(sql, token).map(|_| ())
}

/// Whether it was not there.
fn insert(sql: Sql<'_>, token: &TokenRecord) -> Result<bool, StoreError> {
    let add = format!(
        "INSERT INTO tokens ({COLUMNS})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING"
    );
    let former = token.former.as_ref();
    let row = params![
        column(token.owner),
        token.id.to_string(),
        token.name,
        token.hash.0.as_slice(),
        token.created.unix_ms(),
        token.expires.map(WallTime::unix_ms),
        token.revoked.map(WallTime::unix_ms),
        token.scopes.join(" "),
        former.map(|former| former.hash.0.to_vec()),
        former.map(|former| former.until.unix_ms()),
        token.used.map(WallTime::unix_ms),
    ];
    Ok(sql.run(&add, row)? > 0)
}

/// The API key with this hash, of its present text or of its former.
pub(super) fn by_hash(sql: Sql<'_>, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError> {
    let find = format!("SELECT {COLUMNS} FROM tokens WHERE hash = ?1 OR former = ?1");
    sql.first(&find, [hash.0.as_slice()], token)
}

/// A key within reach.
pub(super) fn by_id(
    sql: Sql<'_>,
    reach: &TokenReach,
    id: TokenId,
) -> Result<Option<TokenRecord>, StoreError> {
    let find = format!("SELECT {COLUMNS} FROM tokens WHERE id = ?1");
    let Some(found) = sql.first(&find, [id.to_string()], token)? else {
        return Ok(None);
    };
    Ok(commands(sql, reach, found.owner)?.then_some(found))
}

/// API keys within reach, in the order of their ids: of one owner, or all.
pub(super) fn all(
    sql: Sql<'_>,
    reach: &TokenReach,
    owner: Option<Owner>,
) -> Result<Vec<TokenRecord>, StoreError> {
    let owner = match reach {
        TokenReach::Below(_) => owner,
        TokenReach::Inside(scope) => Some(owner.unwrap_or(scope.owner())),
    };
    if let Some(owner) = owner {
        if !commands(sql, reach, owner)? {
            return Ok(Vec::new());
        }
        return of(sql, owner);
    }
    let find = format!("SELECT {COLUMNS} FROM tokens ORDER BY id");
    let mut within = Vec::new();
    for token in sql.all(&find, params![], token)? {
        if commands(sql, reach, token.owner)? {
            within.push(token);
        }
    }
    Ok(within)
}

/// Gives a key within reach a new text.
pub(super) fn rotate(
    sql: Sql<'_>,
    reach: &TokenReach,
    id: TokenId,
    renewal: Renewal,
    audit: &AuditEntry,
) -> Result<TokenRecord, StoreError> {
    let known = by_id(sql, reach, id)?.filter(|token| token.is_live(renewal.at));
    let known = known.ok_or(StoreError::NotFound)?;
    let renew = "UPDATE tokens SET former = hash, former_until = ?3, hash = ?4
                 WHERE tenant = ?1 AND id = ?2";
    let row = params![
        column(known.owner),
        id.to_string(),
        renewal.until.unix_ms(),
        renewal.hash.0.as_slice(),
    ];
    sql.run(renew, row)?;
    trail::add(sql, audit)?;
    Ok(known.renewed(renewal.hash, renewal.until))
}

/// Revokes an API key within reach, once.
pub(super) fn revoke(
    sql: Sql<'_>,
    reach: &TokenReach,
    id: TokenId,
    at: WallTime,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    let known = by_id(sql, reach, id)?.ok_or(StoreError::NotFound)?;
    let revoke = "UPDATE tokens SET revoked = ?3 WHERE tenant = ?1 AND id = ?2 AND revoked IS NULL";
    let row = params![column(known.owner), id.to_string(), at.unix_ms()];
    if sql.run(revoke, row)? > 0 {
        trail::add(sql, audit)?;
    }
    Ok(())
}

/// Notes when keys were used.
pub(super) fn used(sql: Sql<'_>, uses: &[(TokenId, WallTime)]) -> Result<(), StoreError> {
    let note = "UPDATE tokens SET used = ?2 WHERE id = ?1 AND (used IS NULL OR used < ?2)";
    for (id, at) in uses {
        sql.run(note, params![id.to_string(), at.unix_ms()])?;
    }
    Ok(())
}

/// Removes an owner's API keys.
pub(super) fn remove_all(sql: Sql<'_>, owner: Owner) -> Result<(), StoreError> {
    let remove = "DELETE FROM tokens WHERE tenant = ?1";
    sql.run(remove, [column(owner)]).map(|_| ())
}
