//! Why a store cannot be opened.

use std::fmt;
use std::io;
use std::path::PathBuf;

use ports::StoreError;

/// Why a store cannot be opened. Each is told in words an operator can act on.
#[derive(Debug)]
pub enum OpenError {
    /// The file or its folder cannot be made or read.
    File(PathBuf, io::Error),
    /// The file was written by a newer release.
    Newer {
        /// The version of its tables.
        found: u32,
        /// The latest version that this release knows.
        known: usize,
    },
    /// The address of a database cannot be understood or used.
    Address(String),
    /// The database's tables are missing or older than this release needs.
    Unprepared {
        /// The version of its tables; 0 when there are none.
        found: i64,
        /// The version that this release needs.
        known: i64,
    },
    /// The database's tables no longer serve a release as old as this one.
    Outgrown {
        /// The version of its tables.
        found: i64,
        /// The latest version that this release knows.
        known: i64,
    },
    /// Row security would not hold this role.
    NoWall(&'static str),
    /// The file's data is sealed under another master key.
    OtherKey,
    /// The master keys cannot be had.
    Keys(io::Error),
    /// A thread cannot be started.
    Thread(io::Error),
    /// What the database says.
    Store(StoreError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::File(path, error) => write!(f, "cannot open {}: {error}", path.display()),
            OpenError::Newer { found, known } => write!(
                f,
                "the data folder is of version {found}, made by a newer release; this one knows \
                 version {known} and older: start the newer release, or restore a backup made \
                 before the upgrade"
            ),
            OpenError::Address(problem) => f.write_str(problem),
            OpenError::Unprepared { found, known } => write!(
                f,
                "the database's tables are of version {found} and this release needs {known}: \
                 prepare the database with this release first"
            ),
            OpenError::Outgrown { found, known } => write!(
                f,
                "the database's tables are of version {found}, which no longer serves releases \
                 as old as this one, which knows {known}: start a newer release"
            ),
            OpenError::NoWall(refusal) => f.write_str(refusal),
            OpenError::OtherKey => f.write_str(
                "the store is sealed under another master key: put back the key it was \
                 made with",
            ),
            OpenError::Keys(error) => write!(f, "the master keys cannot be had: {error}"),
            OpenError::Thread(error) => write!(f, "cannot start a thread: {error}"),
            OpenError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}
