//! Opening the file: permissions, ways of working, migrations.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::link::{BUSY, failed};
use crate::relational::{OpenError, Sql, Vault};

/// How often the switch to a write-ahead log is tried again.
const SWITCHES: u32 = 20;

/// Statements kept prepared, per connection.
const PREPARED: usize = 128;

/// What each version adds to the one before. Never change an entry; add one.
const MIGRATIONS: [&str; 19] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
    include_str!("migrations/0013.sql"),
    include_str!("migrations/0014.sql"),
    include_str!("migrations/0015.sql"),
    include_str!("migrations/0016.sql"),
    include_str!("migrations/0017.sql"),
    include_str!("migrations/0018.sql"),
    include_str!("migrations/0019.sql"),
];

/// How a connection works. Pages of deleted rows are overwritten, so that erased keys are gone;
/// a commit waits for the disk.
const WAYS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 67108864;
";

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        OpenError::Store(failed(error))
    }
}

/// Pages that the writing connection keeps, in KiB, as a negative number.
const WRITING_CACHE: i64 = -32_768;

/// The same of each that reads. What a reader needs again it finds in the system's own cache, and
/// there are several of them.
const READING_CACHE: i64 = -512;

/// The writing connection: makes folder and file when they are missing, readable by their owner
/// alone, and brings the file to the present version.
pub(super) fn writing(path: &Path, vault: &Vault) -> Result<Connection, OpenError> {
    make_private(path).map_err(|error| OpenError::File(path.to_owned(), error))?;
    let mut connection = connect(path, WRITING_CACHE)?;
    log_ahead(&connection)?;
    // of several processes that open a new file at once, one makes it and the others wait
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    migrate(&transaction)?;
    if !vault.proves(Sql(&*transaction)).map_err(OpenError::Store)? {
        return Err(OpenError::OtherKey);
    }
    transaction.commit()?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reading(path: &Path) -> Result<Connection, OpenError> {
    let connection = connect(path, READING_CACHE)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

fn make_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    // SQLite gives its other files the permissions of this one. A file that is there is not
    // opened here: closing it would drop the locks of this process's other connections.
    let mut options = OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn connect(path: &Path, cache: i64) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // else every statement with a parameter after LIMIT is planned anew each time it runs
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(WAYS)?;
    connection.pragma_update(None, "cache_size", cache)?;
    Ok(connection)
}

/// Switches to a write-ahead log. SQLite does not wait for another process that is at it too, so
/// we wait for our turn to write and try again.
fn log_ahead(connection: &Connection) -> Result<(), OpenError> {
    let switch = || connection.execute_batch("PRAGMA journal_mode = WAL");
    for _ in 0..SWITCHES {
        match switch() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
            }
            outcome => return Ok(outcome?),
        }
    }
    Ok(switch()?)
}

/// Carries out what is missing.
fn migrate(connection: &Connection) -> Result<(), OpenError> {
    let known = MIGRATIONS.len();
    let version = "SELECT user_version FROM pragma_user_version";
    let found: u32 = connection.query_row(version, [], |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    let missing = MIGRATIONS
        .get(done..)
        .ok_or(OpenError::Newer { found, known })?;
    for migration in missing {
        connection.execute_batch(migration)?;
    }
    connection.execute_batch(&format!("PRAGMA user_version = {known}"))?;
    Ok(())
}
