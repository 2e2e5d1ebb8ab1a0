//! A folder of numbered segments, several writers, and one merged past.

use crate::BusError;
use crate::counters::{Counters, add};
use crate::merge::{self, Position, Sieve};
use crate::pen::{PENDING_MAX, Pen, SEGMENT_BYTES};
use crate::segment;
use crate::supply::Supply;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of sealed segments, beyond three times what the last merge left, that are not yet worth a
/// merge.
pub const MERGE_FLOOR: u64 = 32 << 20;

/// When a shelf's writers go on in the next segment, when it merges, and how much may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) segment: u64,
    pub(crate) merge_floor: u64,
    pub(crate) pending: usize,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes {
            segment: SEGMENT_BYTES,
            merge_floor: MERGE_FLOOR,
            pending: PENDING_MAX,
        }
    }
}

/// Most sealed segments that lie unmerged, however small.
const SEALED_MAX: usize = 64;

/// A folder of numbered segments. A higher number was begun later; what one writer wrote stands in
/// the order of the numbers.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: PathBuf,
    sizes: Sizes,
    numbers: AtomicU64,
    counters: Arc<Counters>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Segments that nobody writes to, with their sizes.
    sealed: BTreeMap<u64, u64>,
    /// Those of them that an earlier process left.
    inherited: Vec<u64>,
    /// Size of what the last merge left.
    base: u64,
    /// Replaced segments that could not be removed.
    condemned: Vec<u64>,
    supplies: Vec<Supply>,
    /// No merges until what was inherited has been dealt with.
    held: bool,
}

/// Makes a folder that only its owner can look into, unless it is there.
pub(crate) fn make_folder(path: &Path) -> Result<(), BusError> {
    let mut maker = DirBuilder::new();
    let made = maker.recursive(true).mode(0o700).create(path);
    made.map_err(BusError::io("create", path))
}

impl Shelf {
    /// Takes stock of a folder, making it when there is none.
    pub(crate) fn open(folder: PathBuf, sizes: Sizes) -> Result<Shelf, BusError> {
        make_folder(&folder)?;
        let mut sealed = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(BusError::io("list", &folder))? {
            let entry = entry.map_err(BusError::io("list", &folder))?;
            if let Some(number) = segment::number_of(&entry.path()) {
                let path = entry.path();
                let size = entry.metadata().map_err(BusError::io("size", &path))?;
                sealed.insert(number, size.len());
            } else if entry.path().extension().is_some_and(|e| e == "new") {
                // A merge that did not come to its end.
                fs::remove_file(entry.path()).map_err(BusError::io("remove", &entry.path()))?;
            }
        }
        let mut void = BTreeSet::new();
        for &number in sealed.keys() {
            void.extend(segment::read(&folder, number)?.0.replaces);
        }
        for number in void {
            if sealed.remove(&number).is_some() {
                let path = segment::path(&folder, number);
                fs::remove_file(&path).map_err(BusError::io("remove", &path))?;
            }
        }
        let next = sealed.keys().next_back().map_or(1, |last| last + 1);
        let state = State {
            inherited: sealed.keys().copied().collect(),
            sealed,
            ..State::default()
        };
        Ok(Shelf {
            folder,
            sizes,
            numbers: AtomicU64::new(next),
            counters: Arc::default(),
            state: Mutex::new(state),
        })
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A writer of its own row of segments.
    pub(crate) fn pen(&self) -> Result<Pen, BusError> {
        let failed = || BusError::io("begin a segment in", &self.folder);
        let mut state = self.state();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let first = segment::create(&self.folder, number, self.sizes.segment).map_err(failed())?;
        let (mut supply, line, spares) = Supply::new(&first).map_err(failed())?;
        supply
            .refill(&self.folder, &self.numbers, self.sizes.segment)
            .map_err(failed())?;
        state.supplies.push(supply);
        let counters = Arc::clone(&self.counters);
        Ok(Pen::new(first, spares, line, counters, self.sizes.segment))
    }

    /// Merges nothing until [`Shelf::settle`], if an earlier process left anything.
    pub(crate) fn hold(&self) {
        let mut state = self.state();
        state.held = !state.inherited.is_empty();
    }

    /// Shows what an earlier process left, oldest first.
    pub(crate) fn inherited(&self, see: &mut dyn FnMut(Position, &[u8])) -> Result<(), BusError> {
        let state = self.state();
        let torn = self.show(&state.inherited, see)?;
        self.counters.torn_bytes.store(torn, Ordering::Relaxed);
        Ok(())
    }

    /// Shows everything handed to the operating system so far, oldest first.
    pub(crate) fn all(&self, see: &mut dyn FnMut(Position, &[u8])) -> Result<(), BusError> {
        // Under the lock no merge moves what is being read.
        let state = self.state();
        let written = state.supplies.iter().flat_map(Supply::numbers);
        let numbers: BTreeSet<u64> = state.sealed.keys().copied().chain(written).collect();
        let numbers: Vec<u64> = numbers.into_iter().collect();
        self.show(&numbers, see)?;
        Ok(())
    }

    fn show(&self, numbers: &[u64], see: &mut dyn FnMut(Position, &[u8])) -> Result<u64, BusError> {
        merge::each(&self.folder, numbers, &mut |at, payload| {
            see(at, payload);
            Ok(())
        })
    }

    /// Merges what an earlier process left, and allows merges from now on.
    pub(crate) fn settle(&self, sieve: &mut dyn Sieve) -> Result<(), BusError> {
        let mut state = self.state();
        let inherited = state.inherited.clone();
        self.merge(&mut state, &inherited, sieve)?;
        state.inherited.clear();
        state.held = false;
        Ok(())
    }

    /// One round of the keeper: segments for the writers, what they left, the disk, and a merge
    /// when it is worth while.
    pub(crate) fn tend(&self, sieve: &mut dyn Sieve) {
        let mut state = self.state();
        let State {
            supplies, sealed, ..
        } = &mut *state;
        for supply in supplies.iter_mut() {
            let done = [
                supply.refill(&self.folder, &self.numbers, self.sizes.segment),
                supply.sync(),
                supply.left(sealed),
            ];
            let failed = done.iter().filter(|result| result.is_err()).count();
            add(
                &self.counters.failed_keeping,
                u64::try_from(failed).unwrap_or(u64::MAX),
            );
        }
        supplies.retain(|supply| !supply.is_over());
        let bytes: u64 = state.sealed.values().sum();
        let due = bytes
            > self
                .sizes
                .merge_floor
                .saturating_add(state.base.saturating_mul(3))
            || state.sealed.len() > SEALED_MAX;
        if due && !state.held {
            let numbers: Vec<u64> = state.sealed.keys().copied().collect();
            if self.merge(&mut state, &numbers, sieve).is_err() {
                add(&self.counters.failed_keeping, 1);
            }
        }
        let bytes: u64 = state.sealed.values().sum();
        self.counters.sealed_bytes.store(bytes, Ordering::Relaxed);
    }

    fn merge(
        &self,
        state: &mut State,
        numbers: &[u64],
        sieve: &mut dyn Sieve,
    ) -> Result<(), BusError> {
        let Some((&first, others)) = numbers.split_first() else {
            return Ok(());
        };
        let length = merge::merge(&self.folder, numbers, &state.condemned, sieve)?;
        add(&self.counters.merges, 1);
        state.base = length;
        state.sealed.insert(first, length);
        for number in others {
            state.sealed.remove(number);
        }
        state.condemned.extend(others);
        state.condemned.retain(|number| {
            let gone = fs::remove_file(segment::path(&self.folder, *number));
            gone.is_err_and(|error| error.kind() != std::io::ErrorKind::NotFound)
        });
        Ok(())
    }
}
