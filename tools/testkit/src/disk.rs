//! A disk that outlives the process: what was flushed stays, what was not is gone.

use ids::{CallId, TenantId};
use ports::{Bucket, Journal, JournalRecord, Snapshots, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Place = (Bucket, TenantId, u128);

#[derive(Debug, Default)]
struct Platter {
    journal: Vec<JournalRecord>,
    values: BTreeMap<Place, Vec<u8>>,
    away: bool,
}

/// The disk. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Disk(Arc<Mutex<Platter>>);

impl Disk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Disk {
        Disk::default()
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A journal that writes to this disk. What it had not flushed when dropped is lost.
    #[must_use]
    pub fn journal(&self) -> MemoryJournal {
        MemoryJournal {
            disk: self.clone(),
            pending: Vec::new(),
        }
    }

    /// Snapshots on this disk. What they had not flushed when dropped is lost.
    #[must_use]
    pub fn snapshots(&self) -> MemorySnapshots {
        MemorySnapshots {
            disk: self.clone(),
            pending: BTreeMap::new(),
        }
    }

    /// Everything in the journal.
    #[must_use]
    pub fn records(&self) -> Vec<JournalRecord> {
        self.platter().journal.clone()
    }

    /// The records of all calls but these have reached the store: the journal forgets them.
    pub fn ingested(&self, but: &BTreeSet<CallId>) {
        let mut platter = self.platter();
        platter
            .journal
            .retain(|record| but.contains(&record.call()));
    }

    /// Number of retained values of a bucket.
    #[must_use]
    pub fn count(&self, bucket: Bucket) -> usize {
        let platter = self.platter();
        platter.values.keys().filter(|key| key.0 == bucket).count()
    }

    /// Takes the disk away (flushes answer *unavailable*) or gives it back.
    pub fn set_away(&self, away: bool) {
        self.platter().away = away;
    }
}

fn unavailable() -> StoreError {
    let detail = "the disk is away".to_owned();
    StoreError::Unavailable { detail }
}

/// A journal in memory.
#[derive(Debug)]
pub struct MemoryJournal {
    disk: Disk,
    pending: Vec<JournalRecord>,
}

impl Journal for MemoryJournal {
    fn append(&mut self, record: &JournalRecord) {
        self.pending.push(record.clone());
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut platter = self.disk.platter();
        if platter.away {
            return Err(unavailable());
        }
        platter.journal.append(&mut self.pending);
        Ok(())
    }
}

/// Snapshots in memory.
#[derive(Debug)]
pub struct MemorySnapshots {
    disk: Disk,
    pending: BTreeMap<Place, Option<Vec<u8>>>,
}

impl Snapshots for MemorySnapshots {
    fn put(&mut self, tenant: TenantId, bucket: Bucket, key: u128, bytes: &[u8]) {
        let place = (bucket, tenant, key);
        self.pending.insert(place, Some(bytes.to_vec()));
    }

    fn remove(&mut self, tenant: TenantId, bucket: Bucket, key: u128) {
        self.pending.insert((bucket, tenant, key), None);
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut platter = self.disk.platter();
        if platter.away {
            return Err(unavailable());
        }
        for (place, value) in std::mem::take(&mut self.pending) {
            match value {
                Some(value) => platter.values.insert(place, value),
                None => platter.values.remove(&place),
            };
        }
        Ok(())
    }

    fn load(&self, bucket: Bucket) -> Vec<(TenantId, u128, Vec<u8>)> {
        let mut values = self.disk.platter().values.clone();
        for (place, value) in &self.pending {
            match value {
                Some(value) => values.insert(*place, value.clone()),
                None => values.remove(place),
            };
        }
        let wanted = values.into_iter().filter(|(place, _)| place.0 == bucket);
        wanted
            .map(|((_, tenant, key), value)| (tenant, key, value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_flushed_outlives_the_process() {
        let disk = Disk::new();
        let tenant = TenantId::new(1, 1);
        let mut snapshots = disk.snapshots();
        snapshots.put(tenant, Bucket::Calls, 1, b"one");
        assert_eq!(snapshots.flush(), Ok(()));
        snapshots.put(tenant, Bucket::Calls, 2, b"two");
        snapshots.remove(tenant, Bucket::Calls, 1);
        assert_eq!(snapshots.load(Bucket::Calls).len(), 1, "it sees its own");
        drop(snapshots);
        let after = disk.snapshots().load(Bucket::Calls);
        assert_eq!(after, [(tenant, 1, b"one".to_vec())]);
    }
}
