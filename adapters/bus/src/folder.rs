//! The data folder as the composition root sees it.

use crate::journal::{self, Alive, Unstored};
use crate::keeper::Keeper;
use crate::shelf::{Shelf, Sizes};
use crate::snapshots::Latest;
use crate::{BusError, Figures, FileJournal, FileSnapshots, Stored};
use ids::{CallId, TenantId};
use ports::JournalRecord;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The data folder, held by this process alone.
///
/// At a start: [`Folder::open`], a [`Folder::journal`] and [`Folder::snapshots`] for each shard,
/// `Shard::restore`, then `records::recover` of [`Folder::records`]; when what it gives is in the
/// store, [`Folder::recovered`]. Killed anywhere in between, the next start does the same again.
/// While running: whenever records have reached the store, [`Stored::tell`].
#[derive(Debug)]
pub struct Folder {
    journal: Arc<Shelf>,
    snapshots: Arc<Shelf>,
    stored: Stored,
    sizes: Sizes,
    _keeper: Keeper,
    _lock: File,
}

impl Folder {
    /// Opens a data folder, making it when there is none, and keeps others from it as long as it
    /// is open.
    ///
    /// # Errors
    /// [`BusError`].
    pub fn open(path: &Path) -> Result<Folder, BusError> {
        Folder::open_sized(path, Sizes::default())
    }

    pub(crate) fn open_sized(path: &Path, sizes: Sizes) -> Result<Folder, BusError> {
        fs::create_dir_all(path).map_err(BusError::io("create", path))?;
        let lock = lock(path)?;
        let journal = Arc::new(Shelf::open(path.join("journal"), sizes)?);
        let snapshots = Arc::new(Shelf::open(path.join("snapshots"), sizes)?);
        journal.hold();
        let stored = Stored::default();
        let shelves = (Arc::clone(&journal), Arc::clone(&snapshots));
        let told = stored.clone();
        let mut latest = Latest::default();
        let keeper = Keeper::start(path, move || {
            shelves.0.tend(&mut Unstored::new(&told));
            shelves.1.tend(&mut latest);
        })?;
        Ok(Folder {
            journal,
            snapshots,
            stored,
            sizes,
            _keeper: keeper,
            _lock: lock,
        })
    }

    /// The journal of one more shard.
    ///
    /// # Errors
    /// [`BusError::Io`].
    pub fn journal(&self) -> Result<FileJournal, BusError> {
        Ok(FileJournal::new(self.journal.pen()?, self.sizes.pending))
    }

    /// The snapshots of one more shard: of those tenants that belong to it.
    ///
    /// # Errors
    /// [`BusError::Io`].
    pub fn snapshots(
        &self,
        belongs: impl Fn(TenantId) -> bool + Send + 'static,
    ) -> Result<FileSnapshots, BusError> {
        let shelf = Arc::clone(&self.snapshots);
        Ok(FileSnapshots::new(
            self.snapshots.pen()?,
            shelf,
            Box::new(belongs),
            self.sizes.pending,
        ))
    }

    /// What the journals of earlier processes hold, oldest first; the same until
    /// [`Folder::recovered`]. What is torn is left out and counted.
    ///
    /// # Errors
    /// [`BusError`].
    pub fn records(&self) -> Result<Vec<JournalRecord>, BusError> {
        let mut records = Vec::new();
        let mut unreadable = 0;
        self.journal
            .inherited(&mut |_, payload| match journal::decode(payload) {
                Some(record) => records.push(record),
                None => unreadable += 1,
            })?;
        let counter = &self.journal.counters().unreadable;
        counter.store(unreadable, Ordering::Relaxed);
        Ok(records)
    }

    /// All that [`Folder::records`] owed the store is there. Forgets it, but for the calls that
    /// go on.
    ///
    /// # Errors
    /// [`BusError`]; nothing is forgotten then.
    pub fn recovered(&self, alive: &BTreeSet<CallId>) -> Result<(), BusError> {
        self.journal.settle(&mut Alive(alive))
    }

    /// The way to tell which records have reached the store.
    pub fn stored(&self) -> Stored {
        self.stored.clone()
    }

    /// What the keeper does once a second.
    #[cfg(test)]
    pub(crate) fn tend(&self) {
        self.journal.tend(&mut Unstored::new(&self.stored));
        self.snapshots.tend(&mut Latest::default());
    }

    /// Figures of the journal.
    pub fn journal_figures(&self) -> Figures {
        self.journal.counters().figures()
    }

    /// Figures of the snapshots.
    pub fn snapshot_figures(&self) -> Figures {
        self.snapshots.counters().figures()
    }
}

fn lock(folder: &Path) -> Result<File, BusError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(BusError::io("create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BusError::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(BusError::io("lock", &path)(error)),
    }
}
