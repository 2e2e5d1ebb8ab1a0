//! A whole store as the items of an archive, and back, table by table and checked.
//!
//! Data keys are written opened: the archive's key protects them, and the store that they come
//! back into seals them under its own master key. All else is written as it is stored.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use machine::WallTime;
use ports::{ArchiveError, Giver, Taker};

use super::inventory::{DATA_KEYS, TABLES, Table};
use super::link::Link;
use super::sql::Sql;
use super::transfer::{
    AT_ONCE, Obstacle, Progress, Rows, Sum, Tally, count, insert, must_be_empty, tally,
};
use super::value::{Value, params};
use super::vault::Vault;
use crate::backup_item::{BACKUP_FORMAT, BackupItem, Cell};

impl From<Obstacle> for ArchiveError {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::NotEmpty(table) => ArchiveError::Odd(format!(
                "the store to restore into has rows already, in {table}: it must be new"
            )),
            Obstacle::Differs(table) => ArchiveError::Odd(format!(
                "after the restore {table} is not what was backed up; nothing was kept"
            )),
            Obstacle::Store(error) => error.into(),
        }
    }
}

/// Writes all tables of a link with an open transaction, and tells how far it is.
pub(crate) fn write_out(
    (from, vault): (&dyn Link, &Vault),
    at: WallTime,
    taker: &mut dyn Taker<BackupItem>,
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<Tally>, ArchiveError> {
    let sql = Sql(from);
    taker.take(&BackupItem::Head {
        format: BACKUP_FORMAT,
        made: at.unix_ms(),
        tables: TABLES.len(),
    })?;
    let mut tallies = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let mut progress = Progress {
            table: table.name,
            moved: 0,
            rows: count(table, sql)?,
        };
        told(progress);
        taker.take(&BackupItem::table(table.name, table.columns))?;
        let (mut sum, mut failed) = (Sum::new(), None);
        let read = tally(table, sql, &mut |rows| {
            let rows = opened(table, vault, rows)?;
            rows.iter().for_each(|row| sum.row(row));
            progress.moved += u64::try_from(rows.len()).unwrap_or_default();
            told(progress);
            let cells = rows.into_iter().map(|row| row.into_iter().map(Cell::from));
            let rows = cells.map(Iterator::collect).collect();
            taker.take(&BackupItem::Rows { rows }).map_err(|error| {
                failed = Some(error);
                super::unanswered()
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        let tally = sum.tally(table.name, read?.rows);
        taker.take(&sum_of(&tally))?;
        tallies.push(tally);
    }
    taker.take(&BackupItem::End)?;
    Ok(tallies)
}

/// Data keys in clear, and other rows as they are.
fn opened(table: &Table, vault: &Vault, rows: &Rows) -> Result<Rows, ports::StoreError> {
    if table.name != DATA_KEYS {
        return Ok(rows.clone());
    }
    rows.iter()
        .map(|row| vault.key_row(row, Vault::unseal_key))
        .collect()
}

/// Reads everything that [`write_out`] wrote into a new store's link with an open transaction,
/// and compares table by table.
pub(crate) fn read_in(
    giver: &mut dyn Giver<BackupItem>,
    to: &dyn Link,
    vault: &Vault,
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<Tally>, ArchiveError> {
    must_be_empty(Sql(to))?;
    // what every new store has: the feed's end, and the mark of its master key
    Sql(to).run("DELETE FROM feed_end", params![])?;
    Sql(to).run("DELETE FROM data_keys", params![])?;
    let mut arrival = Arrival {
        sql: Sql(to),
        vault,
        tallies: Vec::new(),
    };
    let tables = head(giver)?;
    loop {
        match giver.give()?.ok_or(ArchiveError::CutOff)? {
            BackupItem::Table { name, columns } => {
                arrival.table(giver, &name, &columns, told)?;
            }
            BackupItem::End => break,
            BackupItem::Head { .. }
            | BackupItem::Rows { .. }
            | BackupItem::Sum { .. }
            | BackupItem::File { .. } => return Err(disorder()),
        }
    }
    if giver.give()?.is_some() || arrival.tallies.len() != tables {
        return Err(disorder());
    }
    Vault::forget_newest(Sql(to))?;
    Ok(arrival.tallies)
}

fn disorder() -> ArchiveError {
    ArchiveError::Odd("its items are not in the order of a backup".to_owned())
}

/// The number of tables that follow.
fn head(giver: &mut dyn Giver<BackupItem>) -> Result<usize, ArchiveError> {
    match giver.give()? {
        Some(BackupItem::Head { format, tables, .. }) if format == BACKUP_FORMAT => Ok(tables),
        Some(BackupItem::Head { format, .. }) => Err(ArchiveError::Newer {
            found: format,
            known: BACKUP_FORMAT,
        }),
        Some(
            BackupItem::Table { .. }
            | BackupItem::Rows { .. }
            | BackupItem::Sum { .. }
            | BackupItem::File { .. }
            | BackupItem::End,
        )
        | None => Err(ArchiveError::Odd(
            "it is no backup of a whole exchange".to_owned(),
        )),
    }
}

/// A store that is being filled.
struct Arrival<'a> {
    sql: Sql<'a>,
    vault: &'a Vault,
    tallies: Vec<Tally>,
}

impl Arrival<'_> {
    /// One table's rows, up to its sum.
    fn table(
        &mut self,
        giver: &mut dyn Giver<BackupItem>,
        name: &str,
        columns: &[String],
        told: &mut dyn FnMut(Progress),
    ) -> Result<(), ArchiveError> {
        let table = known(name, columns)?;
        let (mut sum, mut moved) = (Sum::new(), 0);
        loop {
            match giver.give()?.ok_or(ArchiveError::CutOff)? {
                BackupItem::Rows { rows } => {
                    let rows: Rows = rows
                        .into_iter()
                        .map(|row| row.into_iter().map(Value::try_from).collect())
                        .collect::<Result<_, _>>()?;
                    self.rows(table, &rows, &mut sum)?;
                    moved += u64::try_from(rows.len()).unwrap_or_default();
                    told(Progress {
                        table: table.name,
                        moved,
                        rows: moved,
                    });
                }
                BackupItem::Sum { rows, sha256, .. } => {
                    let found = sum.tally(table.name, moved);
                    if sum_of(&found) != BackupItem::written(table.name, rows, &sha256) {
                        return Err(Obstacle::Differs(table.name).into());
                    }
                    return self.compare(table, found);
                }
                BackupItem::Head { .. }
                | BackupItem::Table { .. }
                | BackupItem::File { .. }
                | BackupItem::End => return Err(disorder()),
            }
        }
    }

    fn rows(&self, table: &Table, rows: &Rows, sum: &mut Sum) -> Result<(), ArchiveError> {
        let width = table.columns.len();
        if rows.iter().any(|row| row.len() != width) || rows.len() > AT_ONCE {
            return Err(disorder());
        }
        rows.iter().for_each(|row| sum.row(row));
        if rows.is_empty() {
            return Ok(());
        }
        if table.name != DATA_KEYS {
            return Ok(insert(table, self.sql, rows)?);
        }
        let sealed = rows
            .iter()
            .map(|row| self.vault.key_row(row, Vault::seal_key));
        let sealed = sealed.collect::<Result<Rows, _>>()?;
        Ok(insert(table, self.sql, &sealed)?)
    }

    /// What is in the store now must be what the archive said.
    fn compare(&mut self, table: &Table, wanted: Tally) -> Result<(), ArchiveError> {
        let mut sum = Sum::new();
        let stored = tally(table, self.sql, &mut |rows| {
            let rows = opened(table, self.vault, rows)?;
            rows.iter().for_each(|row| sum.row(row));
            Ok(())
        })?;
        if sum.tally(table.name, stored.rows) != wanted {
            return Err(Obstacle::Differs(table.name).into());
        }
        self.tallies.push(wanted);
        Ok(())
    }
}

/// The table of this name, which must have these columns.
fn known(name: &str, columns: &[String]) -> Result<&'static Table, ArchiveError> {
    let table = TABLES.iter().find(|table| table.name == name);
    table
        .filter(|table| table.columns == columns)
        .ok_or_else(|| {
            ArchiveError::Odd(format!(
                "its table {name} is of another release: restore with the release that made it, \
                 then upgrade"
            ))
        })
}

/// The item that ends a table.
fn sum_of(tally: &Tally) -> BackupItem {
    let digits = tally.checksum.iter().map(|byte| format!("{byte:02x}"));
    BackupItem::written(tally.table, tally.rows, &digits.collect::<String>())
}

impl From<Value> for Cell {
    fn from(value: Value) -> Cell {
        match value {
            Value::Nothing => Cell::Nothing(()),
            Value::Integer(number) => Cell::Integer(number),
            Value::Text(text) => Cell::Text(text),
            Value::Bytes(bytes) => Cell::Bytes {
                base64: STANDARD.encode(bytes),
            },
        }
    }
}

impl TryFrom<Cell> for Value {
    type Error = ArchiveError;

    fn try_from(cell: Cell) -> Result<Value, ArchiveError> {
        Ok(match cell {
            Cell::Nothing(()) => Value::Nothing,
            Cell::Integer(number) => Value::Integer(number),
            Cell::Text(text) => Value::Text(text),
            Cell::Bytes { base64 } => Value::Bytes(
                STANDARD
                    .decode(base64)
                    .map_err(|_| ArchiveError::Odd("a value is no base64".to_owned()))?,
            ),
        })
    }
}
