//! The embedded database, SQLite: a file in the data folder, and nothing for an operator to
//! install.

mod link;
mod open;

use std::io;
use std::path::Path;

use crate::relational::{AT_HAND, Link, OpenError, SqlStore, Vault};

/// Name of the file in the data folder.
const FILE: &str = "strowger.db";

/// Opens the store in a folder, making it when it is missing.
pub(crate) fn open(folder: &Path, vault: Vault) -> Result<SqlStore, OpenError> {
    let path = folder.join(FILE);
    let writing = open::writing(&path, &vault)?;
    let reading = move || Ok(Box::new(open::reading(&path)?) as Box<_>);
    SqlStore::over(vault, Box::new(writing), AT_HAND, reading)
}

/// A link that writes to the store in a folder, made when it is missing.
pub(crate) fn link(folder: &Path, vault: &Vault) -> Result<Box<dyn Link>, OpenError> {
    Ok(Box::new(open::writing(&folder.join(FILE), vault)?))
}

/// Whether there is a store in a folder.
pub(crate) fn must_be_there(folder: &Path) -> Result<(), OpenError> {
    let path = folder.join(FILE);
    if path.is_file() {
        return Ok(());
    }
    let none = io::Error::new(io::ErrorKind::NotFound, "there is no store");
    Err(OpenError::File(path, none))
}
