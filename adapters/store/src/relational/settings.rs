//! The platform's settings.

use ports::StoreError;

use super::sql::Sql;

/// The value of a setting.
pub(super) fn value(sql: Sql<'_>, key: &str) -> Result<Option<String>, StoreError> {
    let find = "SELECT value FROM settings WHERE key = ?1";
    sql.first(find, [key], |fields| fields.plain(0))
}

/// Sets a setting.
pub(super) fn put(sql: Sql<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    let put = "INSERT INTO settings (key, value) VALUES (?1, ?2)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    sql.run(put, [key, value]).map(|_| ())
}

/// Sets a setting unless it is set; gives the value that holds.
pub(super) fn value_or_insert(sql: Sql<'_>, key: &str, value: &str) -> Result<String, StoreError> {
    let add = "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    sql.run(add, [key, value])?;
    let kept = self::value(sql, key)?;
    Ok(kept.unwrap_or_else(|| value.to_owned()))
}
