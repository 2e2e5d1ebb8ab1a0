//! The embedded database, SQLite: a file in the data folder, and nothing for an operator to
//! install.

mod link;
mod open;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use ports::Entropy;

use crate::relational::{OpenError, SqlStore, Vault};
use crate::seal::KeySource;

/// Name of the file in the data folder.
const FILE: &str = "strowger.db";

/// What a store needs to be opened.
#[derive(Clone)]
pub struct Settings {
    /// The data folder; it is made, for its owner alone, when it is missing.
    pub folder: PathBuf,
    /// Where the master keys come from, which seal the owners' data keys.
    pub keys: Arc<dyn KeySource>,
    /// Randomness for data keys and nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl SqlStore {
    /// Opens the store, making it when it is missing and bringing it to the present version.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(settings: &Settings) -> Result<SqlStore, OpenError> {
        let path = settings.folder.join(FILE);
        let keys = Vault::open(Arc::clone(&settings.keys), Arc::clone(&settings.entropy));
        let vault = keys.map_err(OpenError::Keys)?;
        let writing = open::writing(&path, &vault)?;
        let reading = || Ok(Box::new(open::reading(&path)?) as Box<_>);
        SqlStore::over(vault, Box::new(writing), reading)
    }
}
