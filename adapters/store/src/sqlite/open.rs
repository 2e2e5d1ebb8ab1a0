//! Opening the file: permissions, ways of working, migrations.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::OpenError;
use super::sql::Sql;
use super::vault::Vault;

/// How long a statement waits for another process's transaction.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Statements kept prepared, per connection.
const PREPARED: usize = 128;

/// What each version adds to the one before. Never change an entry; add one.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001.sql")];

/// How a connection works. Pages of deleted rows are overwritten, so that erased keys are gone;
/// a commit waits for the disk.
const WAYS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -32768;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 67108864;
";

/// The writing connection: makes folder and file when they are missing, readable by their owner
/// alone, and brings the file to the present version.
pub(super) fn writing(path: &Path, vault: &Vault) -> Result<Connection, OpenError> {
    make_private(path).map_err(|error| OpenError::File(path.to_owned(), error))?;
    let mut connection = connect(path)?;
    migrate(&mut connection)?;
    if vault.proves(Sql(&connection)).map_err(OpenError::Store)? {
        Ok(connection)
    } else {
        Err(OpenError::OtherKey)
    }
}

/// A connection that only reads.
pub(super) fn reading(path: &Path) -> Result<Connection, OpenError> {
    let connection = connect(path)?;
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
    // SQLite gives its other files the permissions of this one
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn connect(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.execute_batch(WAYS)?;
    Ok(connection)
}

/// Carries out what is missing, all of it or nothing.
fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let known = MIGRATIONS.len();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = "SELECT user_version FROM pragma_user_version";
    let found: u32 = transaction.query_row(version, [], |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    let missing = MIGRATIONS
        .get(done..)
        .ok_or(OpenError::Newer { found, known })?;
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {known}"))?;
    transaction.commit()?;
    Ok(())
}
