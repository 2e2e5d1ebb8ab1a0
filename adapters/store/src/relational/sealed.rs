//! What the platform keeps sealed: settings whose values open under its own data key alone.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::{Sealed, SealedBook, StoreError};
use tenancy::Owner;

use super::SqlStore;
use super::readers::Snapshot;
use super::sight::Sight;
use super::sql::{Sql, corrupt};
use super::value::params;
use super::vault::OwnerKey;
use super::writer::Desk;
use crate::sealed::{check, check_room};

/// What the names of such settings begin with.
const BEGINNING: &str = "sealed/";

/// The names that begin so, with their sealed values.
fn kept(sql: Sql<'_>, beginning: &str) -> Result<Vec<(String, String)>, StoreError> {
    let list = "SELECT key, value FROM settings
                WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
    let whole = format!("{BEGINNING}{beginning}");
    let mut kept = sql.all(list, params![whole], |fields| {
        Ok((fields.plain::<String>(0)?, fields.plain::<String>(1)?))
    })?;
    // a database sorts as its language does
    kept.sort();
    Ok(kept)
}

fn opened(key: &OwnerKey, name: &str, value: &str) -> Result<Vec<u8>, StoreError> {
    let sealed = STANDARD.decode(value);
    let sealed = sealed.map_err(|_| corrupt(&format!("what is sealed as {name} is no base64")))?;
    Ok(key.open_named(name, &sealed)?.to_vec())
}

fn all(now: &Snapshot<'_>, beginning: &str) -> Result<Sealed, StoreError> {
    let kept = kept(now.sql, beginning)?;
    if kept.is_empty() {
        return Ok(Sealed::new());
    }
    let key = now.vault.key(now.sql, Owner::PLATFORM)?;
    let open = |(place, value): (String, String)| {
        let name = place.strip_prefix(BEGINNING).unwrap_or(&place).to_owned();
        let content = opened(&key, &name, &value)?;
        Ok((name, content))
    };
    kept.into_iter().map(open).collect()
}

fn swap(
    desk: &Desk<'_>,
    name: &str,
    was: Option<&[u8]>,
    now: Option<&[u8]>,
) -> Result<bool, StoreError> {
    let place = format!("{BEGINNING}{name}");
    let key = desk.vault.key(desk.sql, Owner::PLATFORM)?;
    let value = super::settings::value(desk.sql, &place)?;
    let found = value.as_ref().map(|value| opened(&key, name, value));
    if found.transpose()?.as_deref() != was {
        return Ok(false);
    }
    let seal = |content| desk.vault.seal_named(&key, name, content);
    let fresh = now
        .map(seal)
        .transpose()?
        .map(|sealed| STANDARD.encode(sealed));
    // the row itself is compared, so that of two processes one alone succeeds
    let rows = match (value, fresh) {
        (None, None) => return Ok(true),
        (None, Some(fresh)) => {
            check_room(kept(desk.sql, "")?.len())?;
            let add = "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            desk.sql.run(add, params![place, fresh])?
        }
        (Some(value), Some(fresh)) => {
            let replace = "UPDATE settings SET value = ?3 WHERE key = ?1 AND value = ?2";
            desk.sql.run(replace, params![place, value, fresh])?
        }
        (Some(value), None) => {
            let remove = "DELETE FROM settings WHERE key = ?1 AND value = ?2";
            desk.sql.run(remove, params![place, value])?
        }
    };
    Ok(rows > 0)
}

#[async_trait]
impl SealedBook for SqlStore {
    async fn sealed(&self, beginning: &str) -> Result<Sealed, StoreError> {
        let beginning = beginning.to_owned();
        self.read(Sight::Everything, move |now| all(now, &beginning))
            .await
    }

    async fn swap_sealed(
        &self,
        name: &str,
        was: Option<&[u8]>,
        now: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        check(name, now)?;
        let name = name.to_owned();
        let (was, now) = (was.map(<[u8]>::to_vec), now.map(<[u8]>::to_vec));
        self.write(Sight::Everything, 1, move |desk| {
            swap(desk, &name, was.as_deref(), now.as_deref())
        })
        .await
    }
}
