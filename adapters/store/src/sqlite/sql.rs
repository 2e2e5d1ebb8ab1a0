//! Statements: every text of SQL goes through here and is prepared once per connection.

use std::str::FromStr;

use machine::WallTime;
use ports::StoreError;
use rusqlite::types::FromSql;
use rusqlite::{Connection, ErrorCode, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A connection, with its failures told as the store's.
#[derive(Clone, Copy)]
pub(super) struct Sql<'a>(pub(super) &'a Connection);

impl Sql<'_> {
    /// Carries out one statement; gives the number of rows it changed.
    pub(super) fn run(self, text: &str, params: impl Params) -> Result<usize, StoreError> {
        let mut statement = self.0.prepare_cached(text).map_err(failed)?;
        statement.execute(params).map_err(failed)
    }

    /// The first row, when there is one.
    pub(super) fn first<T>(
        self,
        text: &str,
        params: impl Params,
        read: impl FnOnce(&Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.0.prepare_cached(text).map_err(failed)?;
        let mut rows = statement.query(params).map_err(failed)?;
        let row = rows.next().map_err(failed)?;
        row.map(|row| read(&Fields(row))).transpose()
    }

    /// All rows.
    pub(super) fn all<T>(
        self,
        text: &str,
        params: impl Params,
        mut read: impl FnMut(&Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.0.prepare_cached(text).map_err(failed)?;
        let mut rows = statement.query(params).map_err(failed)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(read(&Fields(row))?);
        }
        Ok(found)
    }
}

/// The columns of a row, by their place.
pub(super) struct Fields<'a>(&'a Row<'a>);

impl Fields<'_> {
    /// A column as SQLite gives it.
    pub(super) fn plain<T: FromSql>(&self, column: usize) -> Result<T, StoreError> {
        self.0.get(column).map_err(failed)
    }

    /// A number that is never negative.
    pub(super) fn number(&self, column: usize) -> Result<u64, StoreError> {
        let stored: i64 = self.plain(column)?;
        u64::try_from(stored).map_err(|_| corrupt("a negative number where none may be"))
    }

    /// A time in Unix milliseconds.
    pub(super) fn time(&self, column: usize) -> Result<WallTime, StoreError> {
        self.plain(column).map(WallTime::from_unix_ms)
    }

    /// A time that may be missing.
    pub(super) fn maybe_time(&self, column: usize) -> Result<Option<WallTime>, StoreError> {
        let stored: Option<i64> = self.plain(column)?;
        Ok(stored.map(WallTime::from_unix_ms))
    }

    /// A text that is the word of a value, such as an id.
    pub(super) fn word<T: FromStr>(&self, column: usize) -> Result<T, StoreError> {
        let stored: String = self.plain(column)?;
        stored
            .parse()
            .map_err(|_| corrupt(&format!("{stored:?} is no word of its column")))
    }

    /// The word of a value that may be missing: then the text is empty.
    pub(super) fn maybe_word<T: FromStr>(&self, column: usize) -> Result<Option<T>, StoreError> {
        let stored: String = self.plain(column)?;
        if stored.is_empty() {
            return Ok(None);
        }
        self.word(column).map(Some)
    }

    /// A value that is stored as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        let stored: String = self.plain(column)?;
        serde_json::from_str(&stored).map_err(|error| corrupt(&error.to_string()))
    }

    /// A value that is stored as JSON and may be missing.
    pub(super) fn maybe_json<T: DeserializeOwned>(
        &self,
        column: usize,
    ) -> Result<Option<T>, StoreError> {
        let stored: Option<String> = self.plain(column)?;
        stored
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| corrupt(&error.to_string()))
    }
}

/// A value's JSON, to be stored.
pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt(&error.to_string()))
}

/// A number, to be stored or compared: what is past the range of SQLite counts as its end.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A limit of rows.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Damage, in words for logs.
pub(super) fn corrupt(detail: &str) -> StoreError {
    StoreError::Corrupt {
        detail: detail.to_owned(),
    }
}

/// What a failure of SQLite means: the disk and other processes are the world's, anything that
/// should not be so is ours.
pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::ConstraintViolation
            | ErrorCode::TypeMismatch
            | ErrorCode::ApiMisuse
            | ErrorCode::ParameterOutOfRange,
        )
        | None => StoreError::Corrupt { detail },
        Some(_) => StoreError::Unavailable { detail },
    }
}
