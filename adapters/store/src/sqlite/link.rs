//! One connection to the file, as the store's threads use it.

use std::time::Duration;

use ports::StoreError;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, ToSql, params_from_iter, types::ToSqlOutput};

use crate::relational::{EachRow, Link, Purpose, Row, Sight, Value, corrupt};

/// How long a statement waits for another process's transaction.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// How long an erased key waits for readers to let go of the old file.
const ERASE_WAIT: Duration = Duration::from_millis(250);

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Nothing => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn value(&self, column: usize) -> Result<Value, StoreError> {
        match self.get_ref(column).map_err(failed)? {
            ValueRef::Null => Ok(Value::Nothing),
            ValueRef::Integer(number) => Ok(Value::Integer(number)),
            ValueRef::Real(_) => Err(corrupt("a fraction where none is kept")),
            ValueRef::Text(bytes) => String::from_utf8(bytes.to_vec())
                .map(Value::Text)
                .map_err(|error| corrupt(&error.to_string())),
            ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        }
    }
}

impl Link for Connection {
    fn run(&self, text: &str, params: &[Value]) -> Result<usize, StoreError> {
        let mut statement = self.prepare_cached(text).map_err(failed)?;
        statement.execute(params_from_iter(params)).map_err(failed)
    }

    fn each(&self, text: &str, params: &[Value], read: EachRow<'_>) -> Result<(), StoreError> {
        let mut statement = self.prepare_cached(text).map_err(failed)?;
        let mut rows = statement.query(params_from_iter(params)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            if !read(row)? {
                break;
            }
        }
        Ok(())
    }

    /// SQLite has no walls inside a file: whoever opens it sees all of it.
    fn begin(&self, purpose: Purpose, _: Sight) -> Result<(), StoreError> {
        let begin = match purpose {
            Purpose::Read => "BEGIN DEFERRED",
            Purpose::Write => "BEGIN IMMEDIATE",
        };
        Link::run(self, begin, &[]).map(|_| ())
    }

    fn look(&self, _: Sight) -> Result<Sight, StoreError> {
        Ok(Sight::Everything)
    }

    fn begin_step(&self, _: Sight) -> Result<(), StoreError> {
        Link::run(self, "SAVEPOINT step", &[]).map(|_| ())
    }

    fn end_step(&self, kept: bool) -> Result<(), StoreError> {
        if self.is_autocommit() {
            let detail = "SQLite gave the transaction up".to_owned();
            return Err(StoreError::Unavailable { detail });
        }
        if !kept {
            Link::run(self, "ROLLBACK TO step", &[])?;
        }
        Link::run(self, "RELEASE step", &[]).map(|_| ())
    }

    fn commit(&self) -> Result<(), StoreError> {
        Link::run(self, "COMMIT", &[]).map(|_| ())
    }

    fn roll_back(&self) {
        if !self.is_autocommit() {
            // a rollback that fails leaves the transaction, and the next one cannot begin
            let _ = Link::run(self, "ROLLBACK", &[]);
        }
    }

    /// Moves the log into the file and empties it. A reader in the way leaves it for later.
    fn forget_erased(&self) {
        let busy = self.busy_timeout(ERASE_WAIT);
        let emptied = self.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        // the change itself is durable whatever became of this
        let _ = busy.and(emptied).and(self.busy_timeout(BUSY));
    }

    /// Pages that are asked for again come from the system's own cache.
    fn rest(&self) {
        // no page that is needed is dropped, and what could not be is merely kept
        let _ = self.execute_batch("PRAGMA shrink_memory");
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
