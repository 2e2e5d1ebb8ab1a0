//! Why the folder could not be used.

use ports::Fault;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the folder could not be used.
#[derive(Debug)]
pub enum BusError {
    /// Another process serves this folder.
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// A file was written by a newer version of the exchange.
    Newer {
        /// Which file.
        file: PathBuf,
        /// The format it is in.
        format: u32,
    },
    /// The operating system refused.
    Io {
        /// What was tried, such as `create`.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl BusError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> BusError {
        let path = path.to_owned();
        move |source| BusError::Io {
            doing,
            path,
            source,
        }
    }

    /// Who must act for the same call to succeed.
    pub fn whose_fault(&self) -> Fault {
        match self {
            BusError::InUse { .. } | BusError::Newer { .. } => Fault::Asker,
            BusError::Io { .. } => Fault::World,
        }
    }
}

impl fmt::Display for BusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BusError::InUse { folder } => write!(
                f,
                "the data folder {} is in use by another exchange; stop that one first, or give \
                 this one a folder of its own",
                folder.display()
            ),
            BusError::Newer { file, format } => write!(
                f,
                "{} is in format {format}, written by a newer exchange; start that version, or \
                 restore a backup made before the upgrade",
                file.display()
            ),
            BusError::Io {
                doing,
                path,
                source,
            } => write!(f, "cannot {doing} {}: {source}", path.display()),
        }
    }
}

impl std::error::Error for BusError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BusError::Io { source, .. } => Some(source),
            BusError::InUse { .. } | BusError::Newer { .. } => None,
        }
    }
}
