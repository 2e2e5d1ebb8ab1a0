//! Erasing a tenant: every table that has a column for its owner, but those that say why not.

use async_trait::async_trait;
use domain::{AuditEntry, KindName, Referrer};
use ids::TenantId;
use ports::{Change, ERASE_STEP, Erased, ErasureStore, StoreError};
use tenancy::{AccountScope, Below, Owner};

use super::inventory::{DATA_KEYS, TABLES, Table};
use super::sight::Sight;
use super::sql::{Sql, column, limit};
use super::value::params;
use super::writer::Desk;
use super::{SqlStore, accounts, documents, references, tables, trail};
use crate::transaction::{Reach, USERS_NAMED, beyond};

/// The feed holds ids alone, and running exchanges learn from it that the tenant is gone; it is
/// bounded by itself.
const FEED: &str = "feed";

/// What the last step erases, after all else: documents and what hangs on them.
const LAST: [&str; 4] = [DATA_KEYS, "documents", "unique_keys", "pointers"];

/// Tables whose rows of a tenant are erased step by step, those that refer first.
fn stepwise() -> impl Iterator<Item = &'static Table> {
    let owned = |table: &&Table| table.columns.contains(&"tenant");
    let early = |table: &&Table| table.name != FEED && !LAST.contains(&table.name);
    TABLES.iter().rev().filter(owned).filter(early)
}

/// Erases rows of one table; gives how many.
fn erase_some(sql: Sql<'_>, table: &Table, owner: Owner, most: usize) -> Result<u64, StoreError> {
    let (name, keys) = (table.name, table.key_list());
    let erase = format!(
        "DELETE FROM {name} WHERE tenant = ?1 AND ({keys}) IN
         (SELECT {keys} FROM {name} WHERE tenant = ?1 LIMIT ?2)"
    );
    let gone = sql.run(&erase, params![column(owner), limit(most)])?;
    Ok(number(gone))
}

fn number(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// What keeps a tenant from being erased.
fn holds(sql: Sql<'_>, owner: Owner) -> Result<Vec<Referrer>, StoreError> {
    references::inside(sql, owner, KindName::Hold, USERS_NAMED)
}

/// Refuses to erase a tenant to which accounts still give something, such as a number: their
/// documents would name nobody.
fn refuse_given(sql: Sql<'_>, owner: Owner) -> Result<(), StoreError> {
    let place = (KindName::Tenant, &*owner.to_string());
    let by = references::first(sql, owner, place, USERS_NAMED)?;
    if by.is_empty() {
        return Ok(());
    }
    let more = beyond(references::count(sql, owner, place)?, by.len());
    Err(StoreError::InUse { by, more })
}

struct Erasure<'a> {
    desk: &'a Desk<'a>,
    owner: Owner,
    erased: Erased,
}

impl Erasure<'_> {
    fn note(&mut self, table: &'static str, rows: u64) {
        if rows > 0 {
            *self.erased.rows.entry(table).or_default() += rows;
        }
    }

    /// Erases facts, as many as one step may; whether none is left.
    fn facts(&mut self) -> Result<bool, StoreError> {
        let mut room = ERASE_STEP;
        for table in stepwise() {
            let gone = erase_some(self.desk.sql, table, self.owner, room)?;
            self.note(table.name, gone);
            room -= usize::try_from(gone).unwrap_or(room).min(room);
            if room == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Erases all documents but the tenant's own.
    fn documents(&mut self) -> Result<(), StoreError> {
        let sql = self.desk.sql;
        let texts = [
            (
                "pointers",
                "DELETE FROM pointers WHERE tenant = ?1 AND kind <> 'tenant'",
            ),
            (
                "unique_keys",
                "DELETE FROM unique_keys WHERE tenant = ?1 AND kind <> 'tenant'",
            ),
            (
                "documents",
                "DELETE FROM documents WHERE tenant = ?1 AND kind <> 'tenant'",
            ),
        ];
        for (table, text) in texts {
            let gone = number(sql.run(text, [column(self.owner)])?);
            self.note(table, gone);
        }
        Ok(())
    }
}

/// One step.
fn step(
    desk: &Desk<'_>,
    (scope, tenant): (&AccountScope, TenantId),
    change: &Change,
    note: &AuditEntry,
) -> Result<Erased, StoreError> {
    let owner = Owner::from(tenant);
    if !accounts::commands(desk.sql, scope.account(), owner)? {
        return Err(StoreError::NotFound);
    }
    let by = holds(desk.sql, owner)?;
    let all = documents::count(desk.sql, owner, KindName::Hold)?;
    let more = beyond(all, by.len());
    if !by.is_empty() {
        return Err(StoreError::InUse { by, more });
    }
    refuse_given(desk.sql, owner)?;
    let mut erasure = Erasure {
        desk,
        owner,
        erased: Erased::default(),
    };
    desk.erased.set(true);
    if !erasure.facts()? {
        return Ok(erasure.erased);
    }
    erasure.documents()?;
    let reach = Reach::Below(scope.account());
    tables::commit(desk, reach, scope.actor(), change)?;
    erasure.note("documents", 1);
    erasure.note(DATA_KEYS, 1);
    // what the deletion itself left behind holds the tenant's last document
    for table in stepwise() {
        erase_some(desk.sql, table, owner, ERASE_STEP)?;
    }
    trail::add(desk.sql, note)?;
    erasure.erased.done = true;
    Ok(erasure.erased)
}

#[async_trait]
impl ErasureStore for SqlStore {
    async fn erase_step(
        &self,
        scope: &AccountScope,
        tenant: Below<TenantId>,
        change: Change,
        note: &AuditEntry,
    ) -> Result<Erased, StoreError> {
        let tenant = tenant.within(scope.account()).ok_or(StoreError::NotFound)?;
        let (scope, note) = (scope.clone(), note.clone());
        self.write(Sight::Everything, ERASE_STEP, move |desk| {
            step(desk, (&scope, tenant), &change, &note)
        })
        .await
    }
}
