//! Facts that are sealed each for its id, in tables of their own (`tenant`, `id`, `sealed` and
//! what they are found by): read again one by one, or a page of them, newest first.

use ids::TenantId;
use ports::{Cursor, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenancy::Owner;

use super::readers::Snapshot;
use super::sql::{corrupt, limit};
use super::value::params;
use super::vault::{OwnerKey, SealedFact};
use super::writer::Desk;
use crate::paging;

/// What stands before all texts of ids, read backwards.
const NEWEST: &str = "~";

/// A row's id and what is sealed there.
pub(super) type Row = (String, Vec<u8>);

/// A column that is to have a value.
pub(super) type Wanted = (&'static str, String);

/// Which of a tenant's are asked for, from the newest on.
pub(super) struct Asked {
    /// The id behind which they are, where it goes on.
    pub(super) before: Option<String>,
    /// What they must have.
    pub(super) wanted: Vec<Wanted>,
    /// How many at most.
    pub(super) most: usize,
}

/// Facts of one kind.
pub(super) struct SealedFacts {
    pub(super) table: &'static str,
    pub(super) kind: SealedFact,
    /// What one is called.
    pub(super) what: &'static str,
}

impl SealedFacts {
    /// One, sealed for its id.
    pub(super) fn seal(
        &self,
        desk: &Desk<'_>,
        key: &OwnerKey,
        id: &str,
        fact: &impl Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        let content = serde_json::to_vec(fact).map_err(|error| corrupt(&error.to_string()))?;
        desk.vault.seal_fact(key, self.kind, id, &content)
    }

    /// What is sealed in a row.
    pub(super) fn open<T: DeserializeOwned>(
        &self,
        key: &OwnerKey,
        (id, sealed): &Row,
    ) -> Result<T, StoreError> {
        let content = key.open_fact(self.kind, id, sealed)?;
        let fact = serde_json::from_slice(&content);
        fact.map_err(|error| corrupt(&format!("the {} {id}: {error}", self.what)))
    }

    /// The tenant's of this id.
    pub(super) fn one<T: DeserializeOwned>(
        &self,
        now: &Snapshot<'_>,
        tenant: TenantId,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        let find = format!(
            "SELECT id, sealed FROM {} WHERE tenant = ?1 AND id = ?2",
            self.table
        );
        let place = [tenant.to_string(), id.to_owned()];
        let row = now.sql.first(&find, place, |fields| {
            Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
        })?;
        let Some(row) = row else { return Ok(None) };
        let key = now.vault.key(now.sql, Owner::Tenant(tenant))?;
        self.open(&key, &row).map(Some)
    }

    /// A page of the tenant's, newest first, and where the next one begins.
    pub(super) fn page<T: DeserializeOwned>(
        &self,
        now: &Snapshot<'_>,
        tenant: TenantId,
        asked: Asked,
    ) -> Result<(Vec<T>, Option<Cursor>), StoreError> {
        let before = asked.before.unwrap_or_else(|| NEWEST.to_owned());
        let mut question = params![tenant.to_string(), before, limit(asked.most + 1)];
        let mut wanted = String::new();
        for (column, value) in asked.wanted {
            wanted += &format!("AND {column} = ?{} ", question.len() + 1);
            question.extend(params![value]);
        }
        let find = format!(
            "SELECT id, sealed FROM {} WHERE tenant = ?1 {wanted} AND id < ?2
             ORDER BY id DESC LIMIT ?3",
            self.table
        );
        let mut rows = now.sql.all(&find, question, |fields| {
            Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
        })?;
        let next = paging::cut(&mut rows, asked.most, |(id, _)| Cursor(id.clone()));
        if rows.is_empty() {
            return Ok((Vec::new(), None));
        }
        let key = now.vault.key(now.sql, Owner::Tenant(tenant))?;
        let facts: Result<_, StoreError> = rows.iter().map(|row| self.open(&key, row)).collect();
        Ok((facts?, next))
    }
}
