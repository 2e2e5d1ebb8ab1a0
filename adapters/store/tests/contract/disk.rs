//! A data folder of its own for each test, removed when the test succeeds.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ports::{Entropy, SeededEntropy};
use store::{Address, FixedKeys, Keyring, MasterKey, OpenError, Settings, SqlStore};

static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A folder for one store.
pub(crate) struct Disk {
    pub(crate) folder: PathBuf,
    /// Whether it is ours to remove.
    own: bool,
}

impl Disk {
    /// A folder that is not there yet.
    pub(crate) fn new() -> Disk {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("strowger-store-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let disk = Disk { folder, own: true };
        disk.empty();
        disk
    }

    /// The folder that another process made.
    pub(crate) fn at(path: &str) -> Disk {
        let folder = path.into();
        Disk { folder, own: false }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The database's file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("strowger.db")
    }

    /// Its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("strowger.db-wal")
    }

    /// Opens the store under the tests' master key.
    pub(crate) fn open(&self) -> SqlStore {
        self.try_open(1).unwrap()
    }

    /// Opens the store under a master key made of this byte.
    pub(crate) fn try_open(&self, key: u8) -> Result<SqlStore, OpenError> {
        self.open_with(key, Arc::new(SeededEntropy::new(1)))
    }

    /// Opens the store with this randomness.
    pub(crate) fn open_with(
        &self,
        key: u8,
        entropy: Arc<dyn Entropy>,
    ) -> Result<SqlStore, OpenError> {
        SqlStore::open(&Settings {
            address: Address::Sqlite(self.folder.clone()),
            keys: Arc::new(FixedKeys(Keyring::of(MasterKey::from_bytes([key; 32])))),
            entropy,
        })
    }

    /// The database as SQLite sees it.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.file()).unwrap()
    }

    fn empty(&self) {
        for file in ["strowger.db", "strowger.db-wal", "strowger.db-shm"] {
            let _ = fs::remove_file(self.folder.join(file));
        }
        let _ = fs::remove_dir(&self.folder);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.own && !std::thread::panicking() {
            self.empty();
        }
    }
}
