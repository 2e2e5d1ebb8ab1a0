//! What a backup of a whole store consists of.

use serde::{Deserialize, Serialize};

/// The format of a backup's items.
pub(crate) const BACKUP_FORMAT: u32 = 1;

/// One value of a row, as an archive has it: null, a number, a text, or bytes as base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing.
    Nothing(()),
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes {
        /// Their base64.
        base64: String,
    },
}

/// One item of a backup: files of the data folder first, then a head, then each table with its
/// rows and their sum, then the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case", deny_unknown_fields)]
pub enum BackupItem {
    /// A piece of a file of the data folder; pieces of one file follow each other.
    File {
        /// Its folder and name, such as `journal/00000001.log`.
        name: String,
        /// The piece, as base64.
        base64: String,
    },
    /// The tables follow.
    Head {
        /// The format of what follows.
        format: u32,
        /// When the backup was begun, in Unix milliseconds.
        made: i64,
        /// How many.
        tables: usize,
    },
    /// The rows of a table follow.
    Table {
        /// Its name.
        name: String,
        /// Its columns, in the order of the rows' values.
        columns: Vec<String>,
    },
    /// Some rows, at most 100.
    Rows {
        /// Their values.
        rows: Vec<Vec<Cell>>,
    },
    /// The table is complete.
    Sum {
        /// Its name.
        table: String,
        /// Its rows.
        rows: u64,
        /// SHA-256 over all its values, in hexadecimal.
        sha256: String,
    },
    /// There is nothing more.
    End,
}

impl BackupItem {
    pub(crate) fn table(name: &str, columns: &[&str]) -> BackupItem {
        BackupItem::Table {
            name: name.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
        }
    }

    pub(crate) fn written(table: &str, rows: u64, sha256: &str) -> BackupItem {
        BackupItem::Sum {
            table: table.to_owned(),
            rows,
            sha256: sha256.to_owned(),
        }
    }
}
