//! Moving a whole store from one database into another, row by row and checked.
//!
//! Both sides hold a writing transaction the whole time: nobody changes the source meanwhile, and
//! a move that is cut off leaves the target empty. Secrets stay sealed as they are.

use ports::StoreError;
use sha2::{Digest, Sha256};

use super::inventory::{DATA_KEYS, FEED_END, TABLES, Table, marks};
use super::link::Link;
use super::sql::{Sql, limit};
use super::value::{Value, params};

/// Rows read, and sent, at once.
pub(super) const AT_ONCE: usize = 100;

/// What was found in one table: the same on both sides when all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 over all its values in the order of its primary key.
    pub checksum: [u8; 32],
}

/// How far a move is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table that is being moved.
    pub table: &'static str,
    /// Its rows that are moved.
    pub moved: u64,
    /// All its rows.
    pub rows: u64,
}

/// Why a store was not moved.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// The target has rows already, in this table.
    NotEmpty(&'static str),
    /// The two sides differ in this table after the move.
    Differs(&'static str),
    /// A side failed.
    Store(StoreError),
}

impl From<StoreError> for Obstacle {
    fn from(error: StoreError) -> Self {
        Obstacle::Store(error)
    }
}

/// Moves all tables between two links with open transactions, and compares; tells how far it is.
pub(crate) fn carry_over(
    from: &dyn Link,
    to: &dyn Link,
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<Tally>, Obstacle> {
    must_be_empty(Sql(to))?;
    // what every new store has: the feed's end, and the mark of its master key
    Sql(to).run("DELETE FROM feed_end", params![])?;
    Sql(to).run("DELETE FROM data_keys", params![])?;
    let mut tallies = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let sent = carry_table(table, Sql(from), Sql(to), told)?;
        if tally(table, Sql(to), &mut |_| Ok(()))? != sent {
            return Err(Obstacle::Differs(table.name));
        }
        tallies.push(sent);
    }
    Ok(tallies)
}

pub(super) fn must_be_empty(to: Sql<'_>) -> Result<(), Obstacle> {
    for table in TABLES.iter().filter(|table| table.name != FEED_END) {
        let new = u64::from(table.name == DATA_KEYS);
        if count(table, to)? > new {
            return Err(Obstacle::NotEmpty(table.name));
        }
    }
    Ok(())
}

pub(super) fn count(table: &Table, sql: Sql<'_>) -> Result<u64, StoreError> {
    let count = format!("SELECT COUNT(*) FROM {}", table.name);
    let found = sql.first(&count, params![], |fields| fields.number(0))?;
    Ok(found.unwrap_or_default())
}

fn carry_table(
    table: &Table,
    from: Sql<'_>,
    to: Sql<'_>,
    told: &mut dyn FnMut(Progress),
) -> Result<Tally, StoreError> {
    let mut progress = Progress {
        table: table.name,
        moved: 0,
        rows: count(table, from)?,
    };
    told(progress);
    tally(table, from, &mut |rows| {
        insert(table, to, rows)?;
        progress.moved += u64::try_from(rows.len()).unwrap_or_default();
        told(progress);
        Ok(())
    })
}

/// Rows of one table.
pub(super) type Rows = Vec<Vec<Value>>;

/// Reads a table in the order of its key, in pieces, and sums it up.
pub(super) fn tally(
    table: &Table,
    sql: Sql<'_>,
    each: &mut dyn FnMut(&Rows) -> Result<(), StoreError>,
) -> Result<Tally, StoreError> {
    let (mut sum, mut rows) = (Sum::new(), 0);
    let mut after = Vec::new();
    loop {
        let piece = piece(table, sql, &after)?;
        piece.iter().for_each(|row| sum.row(row));
        if let Some(last) = piece.last() {
            each(&piece)?;
            after = last.iter().take(table.key).cloned().collect();
        }
        rows += u64::try_from(piece.len()).unwrap_or_default();
        if piece.len() < AT_ONCE {
            break;
        }
    }
    Ok(sum.tally(table.name, rows))
}

/// The rows after a key; the first ones after none.
fn piece(table: &Table, sql: Sql<'_>, after: &[Value]) -> Result<Rows, StoreError> {
    let (columns, key, name) = (table.column_list(), table.key_list(), table.name);
    let mut params = vec![Value::Integer(limit(AT_ONCE))];
    params.extend_from_slice(after);
    let past = if after.is_empty() {
        String::new()
    } else {
        format!("WHERE ({key}) > ({})", marks(2, table.key))
    };
    let find = format!("SELECT {columns} FROM {name} {past} ORDER BY {key} LIMIT ?1");
    sql.all(&find, params, |fields| {
        let columns = 0..table.columns.len();
        columns.map(|column| fields.plain(column)).collect()
    })
}

pub(super) fn insert(table: &Table, sql: Sql<'_>, rows: &Rows) -> Result<(), StoreError> {
    let width = table.columns.len();
    let places: Vec<String> = (0..rows.len())
        .map(|row| format!("({})", marks(row * width + 1, width)))
        .collect();
    let (name, columns) = (table.name, table.column_list());
    let add = format!(
        "INSERT INTO {name} ({columns}) VALUES {}",
        places.join(", ")
    );
    let values: Vec<Value> = rows.iter().flatten().cloned().collect();
    sql.run(&add, values).map(|_| ())
}

/// A sum over the rows of a table, in the order of its key.
pub(super) struct Sum(Sha256);

impl Sum {
    pub(super) fn new() -> Sum {
        Sum(Sha256::new())
    }

    /// Adds a row so that no two rows look alike: of each value its sort, its length, itself.
    pub(super) fn row(&mut self, row: &[Value]) {
        for value in row {
            let (sort, bytes) = match value {
                Value::Nothing => (0, Vec::new()),
                Value::Integer(number) => (1, number.to_be_bytes().to_vec()),
                Value::Text(text) => (2, text.clone().into_bytes()),
                Value::Bytes(bytes) => (3, bytes.clone()),
            };
            self.0.update([sort]);
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.0.update(length.to_be_bytes());
            self.0.update(bytes);
        }
    }

    /// What a table with this many rows came to.
    pub(super) fn tally(self, table: &'static str, rows: u64) -> Tally {
        Tally {
            table,
            rows,
            checksum: self.0.finalize().into(),
        }
    }
}
