//! The API keys' table.

use domain::{AuditEntry, TokenRecord};
use ids::{TenantId, TokenId};
use machine::WallTime;
use ports::StoreError;
use tenancy::{Role, TokenHash};

use super::sql::{Fields, Sql, corrupt};
use super::value::params;
use super::{documents, trail};

/// The columns that [`token`] reads, in this order.
const COLUMNS: &str = "tenant, id, name, hash, created, expires, revoked";

fn token(fields: &Fields<'_>) -> Result<TokenRecord, StoreError> {
    let hash: Vec<u8> = fields.plain(3)?;
    let hash = <[u8; 32]>::try_from(hash).map_err(|_| corrupt("a hash of odd length"))?;
    Ok(TokenRecord {
        id: fields.word(1)?,
        name: fields.plain(2)?,
        role: fields.maybe_word(0)?.map_or(Role::Operator, Role::Tenant),
        hash: TokenHash(hash),
        created: fields.time(4)?,
        expires: fields.maybe_time(5)?,
        revoked: fields.maybe_time(6)?,
    })
}

/// Adds an API key.
pub(super) fn add(sql: Sql<'_>, token: &TokenRecord, audit: &AuditEntry) -> Result<(), StoreError> {
    let owner = match token.role {
        Role::Operator => String::new(),
        Role::Tenant(tenant) if documents::has_tenant(sql, tenant)? => tenant.to_string(),
        Role::Tenant(_) => return Err(StoreError::NotFound),
    };
    let add = "INSERT INTO tokens (tenant, id, name, hash, created, expires, revoked)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
    let added = sql.run(
        add,
        params![
            owner,
            token.id.to_string(),
            token.name,
            token.hash.0.as_slice(),
            token.created.unix_ms(),
            token.expires.map(WallTime::unix_ms),
            token.revoked.map(WallTime::unix_ms),
        ],
    )?;
    if added == 0 {
        let (space, key) = ("token".to_owned(), token.id.to_string());
        return Err(StoreError::Conflict { space, key });
    }
    trail::add(sql, audit).map(|_| ())
}

/// The API key with this hash.
pub(super) fn by_hash(sql: Sql<'_>, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError> {
    let find = format!("SELECT {COLUMNS} FROM tokens WHERE hash = ?1");
    sql.first(&find, [hash.0.as_slice()], token)
}

/// All API keys, in the order of their ids: of one tenant, or all.
pub(super) fn all(sql: Sql<'_>, tenant: Option<TenantId>) -> Result<Vec<TokenRecord>, StoreError> {
    let find = format!(
        "SELECT {COLUMNS} FROM tokens WHERE CAST(?1 AS TEXT) IS NULL OR tenant = ?1 ORDER BY id"
    );
    sql.all(&find, [tenant.map(|tenant| tenant.to_string())], token)
}

/// Revokes an API key, once.
pub(super) fn revoke(
    sql: Sql<'_>,
    token: TokenId,
    at: WallTime,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    let revoke = "UPDATE tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
    if sql.run(revoke, params![token.to_string(), at.unix_ms()])? > 0 {
        return trail::add(sql, audit).map(|_| ());
    }
    let find = "SELECT 1 FROM tokens WHERE id = ?1";
    let known = sql.first(find, [token.to_string()], |_| Ok(()))?;
    known.ok_or(StoreError::NotFound)
}

/// Removes a tenant's API keys.
pub(super) fn remove_all(sql: Sql<'_>, tenant: TenantId) -> Result<(), StoreError> {
    let remove = "DELETE FROM tokens WHERE tenant = ?1";
    sql.run(remove, [tenant.to_string()]).map(|_| ())
}
