//! What a store needs to be opened, whichever database it is in.

use std::fmt;
use std::sync::Arc;

use ports::Entropy;

use crate::address::Address;
use crate::relational::{OpenError, SqlStore, Vault};
use crate::seal::KeySource;
use crate::{postgres, sqlite};

/// What a store needs to be opened.
#[derive(Clone)]
pub struct Settings {
    /// Where it is. A folder is made, for its owner alone, when it is missing.
    pub address: Address,
    /// Where the master keys come from, which seal the owners' data keys.
    pub keys: Arc<dyn KeySource>,
    /// Randomness for data keys and nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The keys, opened.
    pub(crate) fn vault(&self) -> Result<Vault, OpenError> {
        let opened = Vault::open(Arc::clone(&self.keys), Arc::clone(&self.entropy));
        opened.map_err(OpenError::Keys)
    }
}

impl SqlStore {
    /// Opens the store. A file is made when it is missing and brought to the present version; the
    /// tables of a server must have been prepared (see `prepare`).
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(settings: &Settings) -> Result<SqlStore, OpenError> {
        let vault = settings.vault()?;
        match &settings.address {
            Address::Sqlite(folder) => sqlite::open(folder, vault),
            Address::Postgres(url) => postgres::open(url, vault),
        }
    }
}
