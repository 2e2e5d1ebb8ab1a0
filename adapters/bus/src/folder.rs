//! The data folder as the composition root sees it.

use crate::journal::{self, Alive, Unstored};
use crate::keeper::Keeper;
use crate::lock::Lock;
use crate::shelf::{Shelf, Sizes, make_folder};
use crate::snapshots::Latest;
use crate::{BusError, Figures, FileJournal, FileSnapshots, Stored};
use ids::{CallId, TenantId};
use machine::WallTime;
use ports::JournalRecord;
use std::collections::BTreeSet;
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
    _lock: Lock,
    last_seen: Option<WallTime>,
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
        make_folder(path)?;
        let (lock, last_seen) = Lock::take(path)?;
        let journal = Arc::new(Shelf::open(path.join("journal"), sizes)?);
        let snapshots = Arc::new(Shelf::open(path.join("snapshots"), sizes)?);
        journal.hold();
        let stored = Stored::default();
        let shelves = (Arc::clone(&journal), Arc::clone(&snapshots));
        let told = stored.clone();
        let mut latest = Latest::default();
        let sign = lock.clone();
        let keeper = Keeper::start(path, move || {
            sign.show_life();
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
            last_seen,
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

    /// When the last process that served the folder was last seen, to a second; `None` when there
    /// was none. Calls that it was killed in ended no later than a second after.
    pub fn last_seen(&self) -> Option<WallTime> {
        self.last_seen
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
