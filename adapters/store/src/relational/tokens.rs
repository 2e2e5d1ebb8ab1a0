//! The API keys' table.

use domain::{AuditEntry, TokenRecord};
use ids::TokenId;
use machine::WallTime;
use ports::StoreError;
use tenancy::{Account, Owner, TokenHash};

use super::sql::{Fields, Sql, column, corrupt};
use super::value::params;
use super::{accounts, trail};

/// The columns that [`token`] reads, in this order.
const COLUMNS: &str = "tenant, id, name, hash, created, expires, revoked";

fn token(fields: &Fields<'_>) -> Result<TokenRecord, StoreError> {
    let hash: Vec<u8> = fields.plain(3)?;
    let hash = <[u8; 32]>::try_from(hash).map_err(|_| corrupt("a hash of odd length"))?;
    Ok(TokenRecord {
        id: fields.word(1)?,
        name: fields.plain(2)?,
        owner: fields.owner(0)?,
        hash: TokenHash(hash),
        created: fields.time(4)?,
        expires: fields.maybe_time(5)?,
        revoked: fields.maybe_time(6)?,
    })
}

/// Adds an API key of somebody whom the account commands.
pub(super) fn add(
    sql: Sql<'_>,
    account: Account,
    token: &TokenRecord,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    if !accounts::commands(sql, account, token.owner)? {
        return Err(StoreError::NotFound);
    }
    if !insert(sql, token)? {
        let (space, key) = ("token".to_owned(), token.id.to_string());
        return Err(StoreError::Conflict { space, key });
    }
    trail::add(sql, audit).map(|_| ())
}

/// All API keys of one owner, in the order of their ids.
pub(super) fn of(sql: Sql<'_>, owner: Owner) -> Result<Vec<TokenRecord>, StoreError> {
    let find = format!("SELECT {COLUMNS} FROM tokens WHERE tenant = ?1 ORDER BY id");
    sql.all(&find, [column(owner)], token)
}

/// Adds an API key that came with its owner, unless its id or its hash is there.
pub(super) fn add_as_it_was(sql: Sql<'_>, token: &TokenRecord) -> Result<(), StoreError> {
    insert(sql, token).map(|_| ())
}

/// Whether it was not there.
fn insert(sql: Sql<'_>, token: &TokenRecord) -> Result<bool, StoreError> {
    let add = "INSERT INTO tokens (tenant, id, name, hash, created, expires, revoked)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
    let added = sql.run(
        add,
        params![
            column(token.owner),
            token.id.to_string(),
            token.name,
            token.hash.0.as_slice(),
            token.created.unix_ms(),
            token.expires.map(WallTime::unix_ms),
            token.revoked.map(WallTime::unix_ms),
        ],
    )?;
    Ok(added > 0)
}

/// The API key with this hash.
pub(super) fn by_hash(sql: Sql<'_>, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError> {
    let find = format!("SELECT {COLUMNS} FROM tokens WHERE hash = ?1");
    sql.first(&find, [hash.0.as_slice()], token)
}

/// API keys of those whom the account commands, in the order of their ids: of one owner, or all.
pub(super) fn all(
    sql: Sql<'_>,
    account: Account,
    owner: Option<Owner>,
) -> Result<Vec<TokenRecord>, StoreError> {
    let find = format!(
        "SELECT {COLUMNS} FROM tokens WHERE CAST(?1 AS TEXT) IS NULL OR tenant = ?1 ORDER BY id"
    );
    let all = sql.all(&find, [owner.map(column)], token)?;
    let mut within = Vec::with_capacity(all.len());
    for token in all {
        if accounts::commands(sql, account, token.owner)? {
            within.push(token);
        }
    }
    Ok(within)
}

/// Revokes an API key of somebody whom the account commands, once.
pub(super) fn revoke(
    sql: Sql<'_>,
    account: Account,
    token: TokenId,
    at: WallTime,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    let find = "SELECT tenant FROM tokens WHERE id = ?1";
    let owner = sql.first(find, [token.to_string()], |fields| fields.owner(0))?;
    let owner = owner.ok_or(StoreError::NotFound)?;
    if !accounts::commands(sql, account, owner)? {
        return Err(StoreError::NotFound);
    }
    let revoke = "UPDATE tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
    if sql.run(revoke, params![token.to_string(), at.unix_ms()])? > 0 {
        trail::add(sql, audit)?;
    }
    Ok(())
}

/// Removes an owner's API keys.
pub(super) fn remove_all(sql: Sql<'_>, owner: Owner) -> Result<(), StoreError> {
    let remove = "DELETE FROM tokens WHERE tenant = ?1";
    sql.run(remove, [column(owner)]).map(|_| ())
}
